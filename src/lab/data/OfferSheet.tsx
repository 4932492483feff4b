/** What an address would bring, and the question whether to fetch it; until the yes only its manifest has been read. */
import { count } from '../../components/format';
import { Sheet } from '../../components/Overlay';
import { acceptOffer, declineOffer, useShards } from '../../state/shards';
import { bytes } from './Shards';

export function OfferSheet() {
  const offer = useShards((s) => s.offer);
  return (
    <Sheet title="Fetch this data?" open={offer !== null} onClose={declineOffer}>
      {offer && (
        <>
          <dl className="pairs">
            <dt>from</dt>
            <dd>
              <b>{offer.host}</b>
            </dd>
            <dt>name</dt>
            <dd>{offer.title}</dd>
            <dt>rows</dt>
            <dd>{count(offer.rows)}</dd>
            <dt>to fetch</dt>
            <dd>{bytes(offer.bytes)}</dd>
          </dl>
          {offer.detail && <p className="dim">{offer.detail}</p>}
          <p className="address">{offer.url}</p>
          <p>
            {offer.host} will see that this machine asks for it. The data replaces the data in use and ends
            the run.
          </p>
          <div className="buttons">
            <button type="button" className="btn primary" onClick={() => void acceptOffer()}>
              Fetch {bytes(offer.bytes)}
            </button>
            <button type="button" className="btn" onClick={declineOffer}>
              No
            </button>
          </div>
        </>
      )}
    </Sheet>
  );
}
