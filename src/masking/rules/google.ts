/** Google Cloud, Google's APIs and Firebase (cloud.google.com/docs, developers.google.com); data, never code that scans. */
import { tokens } from './format.ts'

export const GOOGLE = tokens([
  {
    id: 'google-api-key',
    description: 'Google API key (Maps, Gemini, Firebase)',
    format: 'AIza<base64url:35>',
    source: 'cloud.google.com: API keys, 39 characters that begin with AIza',
  },
  {
    id: 'google-auth-key',
    description: 'Google API key that is bound to an account (Gemini, Vertex AI)',
    format: 'AQ.Ab<base64url:40..80>',
    source: 'ai.google.dev: API keys; seen in public tokens: AQ. and about fifty characters',
  },
  {
    id: 'google-oauth-secret',
    description: 'Google OAuth client secret',
    format: 'GOCSPX-<base64url:28>',
    source: 'developers.google.com: OAuth 2.0, client secrets begin with GOCSPX-',
  },
  {
    id: 'google-oauth-token',
    description: 'Google OAuth access token',
    format: 'ya29.(|c.|d.|m.)<base64url:30..>',
    source: 'developers.google.com: OAuth 2.0, access tokens begin with ya29.',
  },
  {
    id: 'google-refresh-token',
    description: 'Google OAuth refresh token or authorisation code',
    format: ['1//0<base64url:38..>', '4/0A<base64url:60..>'],
    source: 'developers.google.com: OAuth 2.0, refresh tokens begin with 1//, codes with 4/',
  },
  {
    id: 'google-hmac-id',
    description: 'Cloud Storage HMAC access id',
    format: ['GOOG1E<BASE36:55>', 'GOOG<BASE36:20>'],
    source: 'cloud.google.com: Storage, HMAC keys: 24 or 61 characters that begin with GOOG',
    exact: true,
  },
  {
    id: 'firebase-server-key',
    description: 'Firebase Cloud Messaging server key',
    format: 'AAAA<base64url:7>:<base64url:140..180>',
    source: 'firebase.google.com: Cloud Messaging, legacy server key',
  },
  {
    id: 'recaptcha-secret',
    description: 'reCAPTCHA secret, where its name stands before it',
    format: '(RECAPTCHA_SECRET=|RECAPTCHA_SECRET_KEY=|recaptcha_secret=){{6L<base64url:38>}}',
    source: 'developers.google.com: reCAPTCHA; site key and secret both begin with 6L, so the name decides',
  },
])
