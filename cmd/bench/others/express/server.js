// A closed page of 1 KB behind express-openid-connect, with its defaults: sessions in an
// encrypted cookie, no request to the provider for a page.
const express = require('express')
const { auth, requiresAuth } = require('express-openid-connect')

const text = 'A kilobyte. '.repeat(86).slice(0, 1024)
const app = express()
app.get('/ready', (req, res) => res.end())
app.use(auth({
  issuerBaseURL: process.env.OKTA_OAUTH2_ISSUER,
  baseURL: process.env.BASE_URL,
  clientID: process.env.OKTA_OAUTH2_CLIENT_ID,
  clientSecret: process.env.OKTA_OAUTH2_CLIENT_SECRET,
  secret: process.env.SESSION_SECRET,
  authRequired: false,
  authorizationParams: { response_type: 'code', scope: 'openid profile email' },
  routes: { callback: '/authorization-code/callback' },
}))
app.get('/closed', requiresAuth(), (req, res) => res.type('text').send(text))
app.listen(process.env.PORT, 'localhost')
