/** Writes an AliExpress CSV of about `bytes` bytes and tells what is in it. */
export function writeLog(
  path: string,
  bytes: number,
  seed?: number,
): { readonly rows: number; readonly bytes: number; readonly clicks: number; readonly conversions: number };
