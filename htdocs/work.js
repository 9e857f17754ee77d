// A Worker that finds the number an id asks for: SHA-256 of "ID:NUMBER" begins with `bits` zero bits.
// In: {id: 32 hexadecimal digits, bits: 1 to 32}. Out: {tried: n} now and then, {nonce: "…"} at last.
// Its own SHA-256 (FIPS 180-4), because crypto.subtle, one promise a hash, is thirty times slower.
"use strict";
{
  const REPORT = 1 << 18;
  const primes = [];
  for (let n = 2; primes.length < 64; n++)
    if (primes.every((p) => n % p)) primes.push(n);
  const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  const start = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));
  const round = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)));
  const w = new Int32Array(64);

  // The first word of the hash of one block, whose sixteen words stand in w.
  const hash = () => {
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15], b = w[i - 2];
      const x = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3);
      const y = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10);
      w[i] = (((w[i - 16] + w[i - 7]) | 0) + ((x + y) | 0)) | 0;
    }
    let a = start[0], b = start[1], c = start[2], d = start[3];
    let e = start[4], f = start[5], g = start[6], h = start[7];
    for (let i = 0; i < 64; i++) {
      const p = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const q = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const x = (((((h + w[i]) | 0) + ((round[i] + p) | 0)) | 0) + (g ^ (e & (f ^ g)))) | 0;
      const y = (q + ((a & b) ^ (c & (a ^ b)))) | 0;
      h = g; g = f; f = e; e = (d + x) | 0;
      d = c; c = b; b = a; a = (x + y) | 0;
    }
    return (a + start[0]) >>> 0;
  };

  // "ID:NUMBER" with its padding is one block: 33 + 16 + 1 + 8 octets at most.
  const block = (text) => {
    w.fill(0, 0, 16);
    for (let i = 0; i <= text.length; i++)
      w[i >> 2] |= (i < text.length ? text.charCodeAt(i) : 128) << (24 - 8 * (i & 3));
    w[15] = 8 * text.length;
  };

  self.onmessage = ({ data: { id, bits } }) => {
    const limit = 2 ** (32 - bits);
    const kept = new Int32Array(16);
    for (let tens = 0; ; tens++) {
      block(`${id}:${tens || ""}0`);
      const last = `${id}:${tens || ""}`.length, shift = 24 - 8 * (last & 3);
      kept.set(w.subarray(0, 16));
      for (let digit = 0; digit < 10; digit++) {
        w.set(kept);
        w[last >> 2] += digit << shift;
        if (hash() < limit)
          return postMessage({ nonce: `${tens || ""}${digit}` });
      }
      if ((tens * 10) % REPORT < 10) postMessage({ tried: tens * 10 });
    }
  };
}
