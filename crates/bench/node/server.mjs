// What a plain server in Node does with a command: it verifies the token of the body with fast-jwt and
// answers. The secret is its argument; it writes its port when it listens.
import { createServer } from "node:http";
import { createVerifier } from "fast-jwt";

const verify = createVerifier({ key: process.argv[2], algorithms: ["HS256"], cache: false });

function answer(body) {
  try {
    const fields = verify(JSON.parse(body).token);
    return fields.c === "version" ? { error: 0, version: "9.3.0.1" } : { error: 5 };
  } catch {
    return { error: 6 };
  }
}

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (part) => {
    body += part;
  });
  request.on("end", () => {
    const text = JSON.stringify(answer(body));
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
