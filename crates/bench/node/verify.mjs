// Reads {"token", "secret", "seconds"} from standard input, and writes the verifications per second of
// each library as JSON. Caches are off: each verification is a whole one.
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createVerifier } from "fast-jwt";
import jsonwebtoken from "jsonwebtoken";

const { token, secret, seconds } = JSON.parse(readFileSync(0, "utf8"));

function rate(verify) {
  const warm = Date.now() + 300;
  while (Date.now() < warm) verify();
  const start = process.hrtime.bigint();
  const end = start + BigInt(Math.round(seconds * 1e9));
  let count = 0;
  let now = start;
  while (now < end) {
    for (let i = 0; i < 50; i += 1) verify();
    count += 50;
    now = process.hrtime.bigint();
  }
  return count / (Number(now - start) / 1e9);
}

const fast = createVerifier({ key: secret, algorithms: ["HS256"], cache: false });
const dot = token.lastIndexOf(".");
const input = token.slice(0, dot);
const signature = Buffer.from(token.slice(dot + 1), "base64url");

const rates = {
  "jsonwebtoken": rate(() => jsonwebtoken.verify(token, secret, { algorithms: ["HS256"] })),
  "fast-jwt": rate(() => fast(token)),
  "OpenSSL's HMAC": rate(() => {
    if (!timingSafeEqual(createHmac("sha256", secret).update(input).digest(), signature)) throw new Error("wrong");
  }),
};
process.stdout.write(JSON.stringify(rates));
