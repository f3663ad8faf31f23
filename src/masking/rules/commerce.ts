/** Shops, delivery, travel and customer records; data, never code that scans. */
import { tokens } from './format.ts'

export const COMMERCE = tokens([
  {
    id: 'shopify-token',
    description: 'Shopify access token or shared secret',
    format: '(shpat|shpca|shppa|shpss|shpua|shpsb|shpcb|shprt)_<base62:32..64>',
    source: 'shopify.dev: authentication; changelog: tokens have a prefix and grow longer',
  },
  {
    id: 'shopify-partner-token',
    description: 'Shopify partner, CLI or storefront token',
    format: '(prtapi|atkn|shptka|shpit|shpatf)_<hex:32..64>',
    source: 'shopify.dev: partner API and CLI tokens',
  },
  {
    id: 'woocommerce-key',
    description: 'WooCommerce consumer key or secret',
    format: '(ck|cs)_<hex:40>',
    source: 'woocommerce.com/document: REST API keys',
    exact: true,
  },
  {
    id: 'hubspot-token',
    description: 'HubSpot private app token',
    format: 'pat-(na1|na2|na3|eu1|ap1)-<anyhex:8>-<anyhex:4>-<anyhex:4>-<anyhex:4>-<anyhex:12>',
    source: 'developers.hubspot.com: private apps',
  },
  {
    id: 'salesforce-session',
    description: 'Salesforce session id or access token',
    format: '00D<base62:12..15>!<dotted:60..200>',
    source: 'developer.salesforce.com: session ids begin with the organisation’s id and !',
  },
  {
    id: 'salesforce-refresh-token',
    description: 'Salesforce refresh token',
    format: '5Aep861<dotted:60..120>',
    source: 'seen in public tokens',
  },
  {
    id: 'zoho-token',
    description: 'Zoho access, refresh or grant token',
    format: '1000.<hex:32>.<hex:32>',
    source: 'zoho.com: OAuth, tokens begin with 1000.',
  },
  {
    id: 'close-key',
    description: 'Close API key',
    format: 'api_<base62:22>.<base62:22>',
    source: 'developer.close.com: API keys',
  },
  {
    id: 'easypost-key',
    description: 'EasyPost production or test key',
    format: '(EZAK|EZTK)<base62:54>',
    source: 'docs.easypost.com: authentication',
  },
  {
    id: 'shippo-token',
    description: 'Shippo token',
    format: 'shippo_(live|test)_<hex:40>',
    source: 'docs.goshippo.com: authentication',
  },
  {
    id: 'duffel-token',
    description: 'Duffel token',
    format: 'duffel_(live|test)_<base64url:40..50>',
    source: 'duffel.com/docs: access tokens',
  },
  {
    id: 'calcom-key',
    description: 'Cal.com key',
    format: 'cal_(live_|test_|)<hex:32..64>',
    source: 'cal.com/docs: API keys begin with cal_',
  },
  {
    id: 'revenuecat-key',
    description: 'RevenueCat secret or OAuth key',
    format: '(atk|rtk)_<base62:30..60>',
    source: 'revenuecat.com/docs: OAuth, atk_ and rtk_',
  },
  {
    id: 'dub-key',
    description: 'Dub key',
    format: 'dub_<base62:24>',
    source: 'dub.co/docs: API keys begin with dub_',
    exact: true,
  },
  {
    id: 'typeform-token',
    description: 'Typeform token',
    format: 'tfp_<dotted:40..70>',
    source: 'typeform.com/developers: personal access tokens begin with tfp_',
  },
  {
    id: 'persona-key',
    description: 'Persona key',
    format: 'persona_(production|sandbox)_<uuid>',
    source: 'docs.withpersona.com: API keys',
  },
  {
    id: 'onfido-token',
    description: 'Onfido token',
    format: 'api_(live|sandbox)(|_us|_ca).<base64url:9..14>.<base64url:30..40>',
    source: 'documentation.onfido.com: API tokens',
  },
])
