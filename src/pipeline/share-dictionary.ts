/** The text that share links of version 1 are compressed against. Never change it: links that people hold depend on every byte. */

/**
 * Deflate refers back to this instead of spelling it out, which makes a typical link a fifth as long and its QR code
 * legible from the back row. A better dictionary is a new link version in share.ts, beside this one.
 */
export const DICTIONARY_1 = [
  '"country":"ALL","kappa":0.7,"add_to_cart","cart","favorite","like","order","payment","ATCR","CTATCVR","CTCAVR"',
  '"block":"esmm","block":"aitm","block":"dbmtl","block":"mmoe","block":"ple","block":"seq","block":"resflow","block":"md"',
  '"block":"uwl","block":"gradnorm","block":"dwa","block":"mgda","block":"pcgrad","experts":4,"shared":2,"gate":"linear"',
  '"mask":"causal","optimizer":"adamw","optimizer":"sgd","decay":"none","decay":"cosine","clipNorm":1,"batchNorm":true',
  '"bottom":{"block":"shared-bottom","params":{"layers":[16,8],"dropout":0.1,"layers":[128,64,32],"layers":[64,64,32]',
  '"towers":{"block":"mlp","params":{"layers":[32,32],"dropout":0,"batchNorm":false}},"layers":[16]',
  '"relatedness":-1,"relatedness":1,"relatedness":0,"steps":300,"lossWeight":1,"learningRate":0.001,"batch":512',
  '{"pipeline":{"version":1,"input":[{"block":"embedding","params":{"dim":4}}],',
  '"bottom":{"block":"nse","params":{"layers":[64,32],"dropout":0,"batchNorm":false}},',
  '"towers":{"block":"task-attention","params":{"width":32,"heads":4,"layers":2,"ratio":1,"mask":"none","dropout":0}},',
  '"top":{"block":"identity","params":{}},"balancer":{"block":"fixed","params":{}},',
  '"tasks":[{"id":"click","label":"click","metric":"CTR","parent":null,"lossWeight":1,"positiveWeight":1},',
  '{"id":"conversion","label":"purchase","metric":"CTCVR","parent":"click","lossWeight":10,"positiveWeight":1}],',
  '"training":{"steps":500,"batch":1024,"optimizer":"adam","learningRate":0.01,"decay":"linear","finalRate":0.1,',
  '"weightDecay":0,"clipNorm":null,"evaluateEvery":25,"seed":1}},"data":null}',
  '"data":{"kind":"simulated","request":{"country":"ES","relatedness":0.5,"impressions":3000000,"rows":100000,',
  '"clickKeepRate":0.5,"seed":1}}}',
].join('');
