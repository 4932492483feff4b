/** The menu that every chart and map has: its picture as PNG or SVG, its numbers as CSV. */
import { memo, type RefObject, useEffect, useRef, useState } from 'react';
import { Icon } from './icons';
import { PopButton } from './Overlay';
import { pictureOf, pngOf } from './picture';

/** Hands a file to the browser's downloads. */
export type Save = (name: string, blob: Blob) => void;

const NO_PICTURE = 'This browser could not draw the picture: take the SVG instead.';

interface Exported {
  /** What is exported, e.g. "CTR AUC". */
  title: string;
  /** Name of the files, without an ending. */
  file: string;
  /** The part of the page that is drawn; without one, the panel around the button. */
  target?: RefObject<Element | null>;
  save: Save;
}

export function ExportMenu({
  csv,
  ...exported
}: Exported & {
  /** Its numbers as CSV, or null while there are none. */
  csv: (() => string) | null;
}) {
  const numbers = useRef(csv);
  useEffect(() => {
    numbers.current = csv;
  });
  return <Menu {...exported} numbers={numbers} none={csv === null} />;
}

/** Not drawn again while numbers stream: it asks for them when they are wanted. */
const Menu = memo(function Menu({
  title,
  file,
  target,
  save,
  numbers,
  none,
}: Exported & { numbers: RefObject<(() => string) | null>; none: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const picture = () => {
    const element = target?.current ?? place.current?.closest('section');
    return element ? pictureOf(element) : null;
  };
  const saveSvg = () => {
    const svg = picture();
    if (svg) save(`${file}.svg`, new Blob([svg], { type: 'image/svg+xml' }));
  };
  const savePng = async () => {
    const svg = picture();
    if (!svg) return true;
    const png = await pngOf(svg).catch(() => null);
    if (png) save(`${file}.png`, png);
    setRefusal(png ? null : NO_PICTURE);
    return png !== null;
  };
  return (
    <span className="export" ref={place} data-no-picture>
      <PopButton
        className="btn bare export-button"
        label={`Export ${title}`}
        title={`Export ${title}`}
        button={<Icon name="download" />}
      >
        {(close) => (
          <div className="menu">
            <button
              type="button"
              className="btn"
              onClick={() => {
                void savePng().then((done) => {
                  if (done) close();
                });
              }}
            >
              Picture, PNG
            </button>
            <button
              type="button"
              className="btn"
              onClick={() => {
                saveSvg();
                close();
              }}
            >
              Picture, SVG
            </button>
            <button
              type="button"
              className="btn"
              disabled={none}
              onClick={() => {
                const text = numbers.current?.();
                if (text !== undefined) save(`${file}.csv`, new Blob([text], { type: 'text/csv' }));
                close();
              }}
            >
              Numbers, CSV
            </button>
            {refusal && (
              <p className="refusal" role="alert">
                {refusal}
              </p>
            )}
          </div>
        )}
      </PopButton>
    </span>
  );
});
