// Shows the hub who asks: the gateway, by a token that is fetched again before it ends.
//
//   HUB_URL     address of the hub
//   HUB_CLIENT  id of a client with the scope `router`; none: a hub in dev, asked without a token
//   HUB_SECRET  its secret
const { HUB_URL = "http://127.0.0.1:8000", HUB_CLIENT, HUB_SECRET } = process.env;
const EARLY = 60; // seconds before its end in which a token is used no more

let kept = { token: Promise.resolve(""), until: HUB_CLIENT ? 0 : Infinity };

/** The headers of a request to the hub. */
export async function authorization() {
  if (kept.until <= Date.now()) {
    // One asks, and all who come meanwhile wait for the same answer.
    const asked = { token: fetched(), until: Infinity };
    asked.token.catch(() => (asked.until = 0));
    kept = asked;
  }
  const token = await kept.token;
  return token ? { authorization: `Bearer ${token}` } : {};
}

async function fetched() {
  const asked = Date.now();
  const basic = [HUB_CLIENT, HUB_SECRET].map(encodeURIComponent).join(":");
  const answer = await fetch(`${HUB_URL}/oauth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(basic).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: "read router" }),
  });
  if (!answer.ok) throw new Error(`the hub gives no token: ${await answer.text()}`);
  const { access_token, expires_in } = await answer.json();
  kept.until = asked + (expires_in - EARLY) * 1000;
  return access_token;
}
