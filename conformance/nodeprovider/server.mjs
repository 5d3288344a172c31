// A provider for the tests beside this folder: node-oidc-provider by the FAPI 2.0 security profile, where one
// person is always signed in. Its one argument is JSON:
//
//   clients         their metadata (OpenID Connect Dynamic Client Registration 1.0)
//   person          the claims about the person; sub is among them
//   resource        the API that JWT access tokens are for, and scope, what may be asked for there
//   accessTokenTTL  in seconds
//
// It listens on a free port. Each line that it prints is JSON: first the issuer, then what happens.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { clients, person, resource, accessTokenTTL } = JSON.parse(process.argv[2]);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const mount = '/op'; // without a path the app would take it for an Okta org's own server
const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}${mount}`;

// RS256 is what Okta signs with, and all that Okta's verifier takes. What clients sign is FAPI's.
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signing = { ...privateKey.export({ format: 'jwk' }), kid: 'second', alg: 'RS256', use: 'sig' };
const strong = ['ES256', 'PS256'];

const provider = new Provider(issuer, {
  clients,
  jwks: { keys: [signing] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  clientAuthMethods: ['private_key_jwt'],
  enabledJWA: {
    clientAuthSigningAlgValues: strong,
    requestObjectSigningAlgValues: strong,
    dPoPSigningAlgValues: strong,
    idTokenSigningAlgValues: ['RS256'],
  },
  clientDefaults: {
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'private_key_jwt',
    id_token_signed_response_alg: 'RS256',
    dpop_bound_access_tokens: true,
  },
  claims: { openid: ['sub'], email: ['email'], profile: ['name', 'nickname'] },
  features: {
    devInteractions: { enabled: false },
    fapi: { enabled: true, profile: '2.0' },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    requestObjects: { enabled: true, requireSignedRequestObject: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    revocation: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource(ctx, form) {
        ctx.body = form.replace('</form>', '<input type="hidden" name="logout" value="yes"></form>');
      },
    },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: resource.scope,
        audience: resource.uri,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  ttl: { AccessToken: accessTokenTTL, IdToken: 300, Grant: 3600, Session: 3600, Interaction: 300, RefreshToken: 3600 },
  rotateRefreshToken: true,
  findAccount: (ctx, sub) => ({ accountId: sub, claims: () => person }),
  // The app's keys and its back-channel logout are on this machine, which the provider's own dispatcher shuns.
  fetch: (address, { dispatcher, ...options }) => fetch(address, options),
  interactions: { url: (ctx, { uid }) => `${mount}/interaction/${uid}` },
});

// interact signs the person in, and agrees to all that a client asks for.
async function interact(req, res) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(req, res);
  if (prompt.name === 'login') {
    return provider.interactionFinished(req, res, { login: { accountId: person.sub } });
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  grant.addResourceScope(resource.uri, resource.scope);
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

provider.on('grant.success', (ctx) => say({ event: 'grant', type: ctx.oidc.params.grant_type }));
provider.on('backchannel.success', () => say({ event: 'back-channel logout' }));
provider.on('backchannel.error', (ctx, err) => say({ event: 'back-channel logout refused', detail: err.message }));
provider.on('server_error', (ctx, err) => say({ event: 'server error', detail: err.stack }));
for (const refused of ['pushed_authorization_request', 'authorization', 'grant', 'userinfo', 'revocation', 'end_session']) {
  provider.on(`${refused}.error`, (ctx, err) => {
    say({ event: `${refused} refused`, error: err.error, detail: [err.error_description, err.error_detail, err.cause?.message].join('; ') });
  });
}

const handle = provider.callback();
server.on('request', (req, res) => {
  if (req.url.startsWith(`${mount}/interaction/`)) {
    interact(req, res).catch((err) => {
      say({ event: 'server error', detail: err.stack });
      res.writeHead(500).end();
    });
    return;
  }
  if (!req.url.startsWith(`${mount}/`)) {
    res.writeHead(404).end();
    return;
  }
  req.originalUrl = req.url;
  req.url = req.url.slice(mount.length);
  handle(req, res);
});
say({ issuer });
