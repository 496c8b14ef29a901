// An OAuth client that knows of the hub nothing but its address: discovers it, gets tokens by a key
// and by a secret, has one validated as a resource server would, asks, revokes, and is refused.
import { readFileSync } from "node:fs";
import * as oauth from "oauth4webapi";

const [hub, operator, keyFile, reader, secret] = process.argv.slice(2);
const open = { [oauth.allowInsecureRequests]: true };
const jwk = JSON.parse(readFileSync(keyFile, "utf-8"));
const curve = { name: "ECDSA", namedCurve: "P-256" };
const key = await crypto.subtle.importKey("jwk", jwk, curve, false, ["sign"]);

const resource = await oauth.processResourceDiscoveryResponse(
  new URL(hub),
  await oauth.resourceDiscoveryRequest(new URL(hub), open),
);
const issuer = new URL(resource.authorization_servers[0]);
const server = await oauth.processDiscoveryResponse(
  issuer,
  await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...open }),
);

async function token(client, how, scope) {
  const sent = await oauth.clientCredentialsGrantRequest(server, client, how, { scope }, open);
  return oauth.processClientCredentialsResponse(server, client, sent);
}

async function ask(given) {
  const body = JSON.stringify({ query: "{ revision { id } }" });
  const headers = new Headers({ "content-type": "application/json" });
  const url = new URL(`${hub}/graphql`);
  const answer = await oauth.protectedResourceRequest(given, "POST", url, headers, body, open);
  return (await answer.json()).data.revision.id;
}

async function refusal(what) {
  try {
    await what();
  } catch (error) {
    return error.error ?? error.cause?.[0]?.parameters?.error ?? error.status;
  }
  return "nothing was refused";
}

const byKey = oauth.PrivateKeyJwt({ key, kid: jwk.kid });
const mine = { client_id: operator };
const got = await token(mine, byKey, "read write");
const request = new Request(hub, { headers: { authorization: `Bearer ${got.access_token}` } });
const claims = await oauth.validateJwtAccessToken(server, request, resource.resource, open);
const revision = await ask(got.access_token);
await oauth.processRevocationResponse(
  await oauth.revocationRequest(server, mine, byKey, got.access_token, open),
);
const other = { client_id: reader };
const read = await token(other, oauth.ClientSecretBasic(secret), "read");

console.log(
  JSON.stringify({
    client: claims.client_id,
    scope: claims.scope,
    lifetime: got.expires_in,
    revision,
    revoked: await refusal(() => ask(got.access_token)),
    read: [read.scope, await ask(read.access_token)],
    "wrong secret": await refusal(() => token(other, oauth.ClientSecretBasic("x"), "read")),
    "wrong scope": await refusal(() => token(other, oauth.ClientSecretBasic(secret), "write")),
  }),
);
