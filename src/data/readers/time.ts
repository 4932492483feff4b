/** Moments in a file: numbers as they are, dates as milliseconds since 1970 in UTC, whatever zone the machine is in. */

const DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?)?( ?(?:Z|UTC|[+-]\d\d:?\d\d))?$/;

/** NaN for a text that is no moment. */
export function timeFrom(text: string): number {
  if (text === '') return Number.NaN;
  if (/^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text)) return Number(text);
  const found = DATE.exec(text);
  if (!found) return Number.NaN;
  const [, y, m, d, h = '0', min = '0', s = '0', fraction = '0', zone = 'Z'] = found;
  const at = Date.UTC(Number(y), Number(m) - 1, Number(d), Number(h), Number(min), Number(s));
  // The 31st of February would silently become the 3rd of March.
  if (new Date(at).getUTCDate() !== Number(d) || Number(h) > 23) return Number.NaN;
  const ahead = /([+-])(\d\d):?(\d\d)/.exec(zone);
  const shift = ahead ? (ahead[1] === '-' ? -1 : 1) * (Number(ahead[2]) * 60 + Number(ahead[3])) : 0;
  return at + Math.round(Number(`0${fraction.startsWith('.') ? fraction : ''}`) * 1000) - shift * 60_000;
}
