/** Payment and shop services: Stripe, Square, PayPal, Shopify, Adyen and others. */
import type { MaskingRule } from '../rule.ts'
import { HEX, prefixed } from './sample.ts'

export const PAYMENT: readonly MaskingRule[] = [
  prefixed({
    id: 'stripe-key',
    description: 'Stripe secret or restricted key',
    prefixes: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'sk_prod_', 'rk_prod_', 'sk_org_live_', 'sk_org_test_'],
    body: '[A-Za-z0-9]',
    min: 16,
  }),
  prefixed({
    id: 'stripe-webhook-secret',
    description: 'Stripe (and Svix) webhook signing secret',
    prefixes: ['whsec_'],
    body: '[A-Za-z0-9+/=]',
    min: 24,
  }),
  prefixed({
    id: 'square-secret',
    description: 'Square application secret or older access token',
    prefixes: ['sq0atp-', 'sq0csp-'],
    body: '[A-Za-z0-9_-]',
    min: 22,
  }),
  prefixed({
    id: 'square-token',
    description: 'Square access token',
    prefixes: ['EAAA'],
    body: '[A-Za-z0-9_-]',
    min: 56,
  }),
  prefixed({
    id: 'shopify-token',
    description: 'Shopify access token or shared secret',
    prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_', 'shpua_'],
    body: '[A-Fa-f0-9]',
    min: 32,
    letters: HEX,
  }),
  prefixed({
    id: 'braintree-token',
    description: 'PayPal Braintree access token',
    prefixes: ['access_token$production$', 'access_token$sandbox$'],
    body: '[0-9a-z$]',
    min: 40,
    letters: HEX,
  }),
  prefixed({
    id: 'flutterwave-key',
    description: 'Flutterwave secret key',
    prefixes: ['FLWSECK_TEST-', 'FLWSECK-'],
    body: '[A-Za-z0-9-]',
    min: 32,
  }),
  prefixed({
    id: 'easypost-key',
    description: 'EasyPost API key',
    prefixes: ['EZAK', 'EZTK'],
    body: '[A-Za-z0-9]',
    min: 54,
  }),
]
