/** The page's few icons; decoration, so hidden from screen readers. */

const paths = {
  pause: 'M2 1h3v10H2zM7 1h3v10H7z',
  play: 'M2 1l9 5-9 5z',
  step: 'M1 1l6 5-6 5zM9 1h2v10H9z',
  reset: 'M6 1.500a4.500 4.500 0 1 0 4.300 3.200l-1.600.600A2.800 2.800 0 1 1 6 3.200V5l3.200-2.600L6 0z',
};

/** A solid sign inside a button with text. */
export function Glyph({ name }: { name: keyof typeof paths }) {
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true" className="glyph">
      <path d={paths[name]} />
    </svg>
  );
}

const outlines = {
  share: <path d="M9 11V2M5.500 5L9 1.800 12.500 5M4 8H3v8h12V8h-1" />,
  theme: (
    <>
      <circle cx="9" cy="9" r="6.500" />
      <path d="M9 2.500a6.500 6.500 0 0 1 0 13z" fill="currentColor" />
    </>
  ),
  help: (
    <>
      <circle cx="9" cy="9" r="6.500" />
      <path d="M7 7.300a2 2 0 1 1 2.600 2c-.5.200-.6.500-.6 1.200M9 12.300v1" />
    </>
  ),
  download: <path d="M9 2v9M5.500 8L9 11.500 12.500 8M3 12v4h12v-4" />,
  swap: <path d="M3 6.500h11l-3-3M15 11.500H4l3 3" />,
  grip: (
    <path
      d="M6.500 4v.01M6.500 9v.01M6.500 14v.01M11.500 4v.01M11.500 9v.01M11.500 14v.01"
      strokeLinecap="round"
      strokeWidth="2.200"
    />
  ),
  expand: <path d="M10.500 3H15v4.500M15 3l-5 5M7.500 15H3v-4.500M3 15l5-5" />,
  close: <path d="M4 4l10 10M14 4L4 14" />,
};

/** An outlined sign. */
export function Icon({ name }: { name: keyof typeof outlines }) {
  return (
    <svg viewBox="0 0 18 18" aria-hidden="true" className="icon">
      {outlines[name]}
    </svg>
  );
}

/** The mark of the lab. */
export function Brand() {
  return (
    <svg viewBox="0 0 28 20" aria-hidden="true" className="mark">
      <path d="M2 11L26 5" stroke="currentColor" strokeWidth="2" />
      <path d="M14 9l5 9H9z" fill="currentColor" />
    </svg>
  );
}
