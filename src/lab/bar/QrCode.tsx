/** A text as a QR code, to be read off a projector; loaded only when the share sheet opens. */
import qrcode from 'qrcode-generator';

/** White cells around the code; scanners need four. */
const MARGIN = 4;

export default function QrCode({ text, label }: { text: string; label: string }) {
  const code = qrcode(0, 'M'); // the smallest version that fits; 15 % may be unreadable
  code.addData(text);
  code.make();
  const n = code.getModuleCount();
  let path = '';
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < n; c++) if (code.isDark(r, c)) path += `M${c + MARGIN} ${r + MARGIN}h1v1h-1z`;
  }
  const size = n + 2 * MARGIN;
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} className="qr-paper" />
      <path d={path} className="qr-ink" />
    </svg>
  );
}
