/** What Seesaw is, what it does with data, where its equations come from, and whose work it is built on. */
import licences from 'virtual:licences';
import { useEffect, useRef } from 'react';
import { dependencies, version } from '../../../package.json';
import { CATALOG } from '../../blocks/catalog';
import type { BlockSpec, Pillar } from '../../pipeline/spec';
import { closePage } from '../../state/route';
import { PILLARS } from '../builder/places';

function useEscape(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('[role="dialog"]'))
        return;
      closePage();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

function Sources({ pillar, title }: { pillar: Pillar; title: string }) {
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={3}>
          {title}
        </th>
      </tr>
      {CATALOG[pillar].map((spec: BlockSpec) => (
        <tr key={spec.id}>
          <th scope="row">{spec.title}</th>
          <td>
            {spec.paper.url ? (
              <a href={spec.paper.url} target="_blank" rel="noreferrer">
                {spec.paper.title}
              </a>
            ) : (
              spec.paper.title
            )}
          </td>
          <td>{spec.paper.authors}</td>
        </tr>
      ))}
    </tbody>
  );
}

export default function AboutPage() {
  const title = useRef<HTMLHeadingElement>(null);
  useEscape();
  // A page that opens in place of another takes the focus, or a screen reader would go on reading the old one.
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  return (
    <main className="about">
      <header className="view-head">
        <button type="button" className="btn" onClick={closePage}>
          Back to the lab
        </button>
        <div className="view-title">
          <h2 ref={title} tabIndex={-1}>
            About Seesaw
          </h2>
          <p className="dim">
            version {version} · TensorFlow.js {dependencies['@tensorflow/tfjs-core']} · MIT licence
          </p>
        </div>
      </header>
      <section aria-labelledby="about-what">
        <h3 id="about-what">What it is</h3>
        <p>
          A lab for multi-task learning in e-commerce ranking. A model is a Bottom, Towers and a Top; you put
          blocks there, a worker trains them in this browser, and you watch who learns from whom. It is named
          after the seesaw: one task’s gain is another’s loss.
        </p>
      </section>
      <section aria-labelledby="about-privacy">
        <h3 id="about-privacy">Your data</h3>
        <p>
          Nothing is uploaded, and there is no account, no counter and no cookie. Files that you open are read
          in this browser and forgotten with the visit. The pipeline, the theme and whatever you choose to
          keep (shards, runs) lie in this browser’s own storage. The page asks nobody but the server it came
          from; only a shard’s address that you typed or opened, and confirmed, is fetched from elsewhere.
        </p>
      </section>
      <section aria-labelledby="about-sources">
        <h3 id="about-sources">Where the equations come from</h3>
        <div className="table-scroll">
          <table className="about-table">
            <thead>
              <tr>
                <th scope="col">block</th>
                <th scope="col">paper</th>
                <th scope="col">authors</th>
              </tr>
            </thead>
            {PILLARS.map(({ pillar, title: name }) => (
              <Sources key={pillar} pillar={pillar} title={name} />
            ))}
          </table>
        </div>
      </section>
      <section aria-labelledby="about-licences">
        <h3 id="about-licences">Libraries and their licences</h3>
        <p className="dim">{licences.length} packages are built into this page, as locked by its version.</p>
        <div className="table-scroll">
          <table className="about-table">
            <thead>
              <tr>
                <th scope="col">package</th>
                <th scope="col">version</th>
                <th scope="col">licence</th>
              </tr>
            </thead>
            <tbody>
              {licences.map(({ name, version: v, licence }) => (
                <tr key={`${name}@${v}`}>
                  <th scope="row">{name}</th>
                  <td>{v}</td>
                  <td>{licence}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </main>
  );
}
