// Serves one OpenID provider, npm's oidc-provider, on loopback: memory only, no
// network. The first line of standard input is its configuration, in JSON; when
// it listens, it prints one line of JSON, {"issuer": …}; it ends when standard
// input does.
//
//   issuerPath  what stands behind host and port in the issuer: "", "/oidc", "/oidc/"
//   signs       the algorithm of its only key: RS256 (the default) or ES256
//   pkce        true: an authorization request without a code challenge is refused
//   tls         {"key": FILE, "cert": FILE} for https
//   clients     as in OpenID Connect Dynamic Client Registration 1.0 section 2

import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createInterface } from 'node:readline';

console.info = console.error; // its notices; standard output is for the one line
const { default: Provider } = await import('oidc-provider');

const keys = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

function provider(issuer, { signs = 'RS256', pkce = false, clients = [] }) {
  const jwk = keys[signs]().privateKey.export({ format: 'jwk' });
  return new Provider(issuer, {
    clients: clients.map((client) => ({ id_token_signed_response_alg: signs, ...client })),
    jwks: { keys: [{ ...jwk, use: 'sig', alg: signs, kid: 'e2e' }] },
    cookies: { keys: ['for the end-to-end tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
    pkce: { required: () => pkce },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.test`, email_verified: true, name: id, preferred_username: id }),
    }),
  });
}

// below serves a provider under the path of its issuer. It builds its own
// addresses from what originalUrl has more than url.
function below(path, serve) {
  return (request, response) => {
    if (request.url !== path && !request.url.startsWith(`${path}/`)) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      return;
    }
    request.originalUrl = request.url;
    request.url = request.url.slice(path.length) || '/';
    serve(request, response);
  };
}

function start(config) {
  const { issuerPath = '', tls } = config;
  const server = tls
    ? https.createServer({ key: readFileSync(tls.key), cert: readFileSync(tls.cert) })
    : http.createServer();
  server.listen(0, '127.0.0.1', () => {
    const issuer = `${tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}${issuerPath}`;
    server.on('request', below(issuerPath.replace(/\/$/, ''), provider(issuer, config).callback()));
    console.log(JSON.stringify({ issuer }));
  });
}

const lines = createInterface({ input: process.stdin });
lines.once('line', (line) => start(JSON.parse(line)));
lines.once('close', () => process.exit(0));
