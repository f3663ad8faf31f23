/** Keys of further services, known by the service's name beside them whatever their shape. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { TO_KEY } from './beside.ts'
import { ANY } from './spelling.ts'

const list = (names: string): readonly string[] => names.split(/,\s*/)

/** [id, what they do, their names: none of them an ordinary word]. */
const KINDS: readonly (readonly [id: string, what: string, names: readonly string[]])[] = [
  [
    'weather-or-map-key',
    'weather, maps, addresses and places',
    list(
      'accuweather, weatherapi, weatherbit, weatherstack, openweather, tomorrowio, visualcrossing, stormglass, meteostat, ' +
        'mapquest, mapbox, tomtom, geoapify, geocodio, graphhopper, opencage, locationiq, positionstack, what3words, ' +
        'hereapi, here_api, foursquare, amadeus, aviationstack, ipinfo, ipstack, ipdata, ipgeolocation, abuseipdb, ' +
        'greynoise, ipqualityscore, urlscan, securitytrails, censys, alienvault, hibp, wigle',
    ),
  ],
  [
    'market-data-key',
    'markets, currencies and chains',
    list(
      'alphavantage, alpha_vantage, finnhub, polygon_, polygonio, tiingo, twelvedata, marketstack, iexcloud, quandl, ' +
        'intrinio, tradier, alpaca, coinmarketcap, coinapi, coinlayer, coingecko, cryptocompare, messari, nomics, ' +
        'fixer_, currencylayer, exchangerate, openexchange, moralis, infura, quicknode, ankr, covalent, bscscan, ' +
        'polygonscan, arbiscan, bybit, okx_, kraken, gemini_, bitmex, bitstamp, huobi, bitpanda, wepay, dwolla, ' +
        'gocardless, chargebee, recurly, braintree, paystack, payu_, taxjar, avalara, quaderno',
    ),
  ],
  [
    'web-data-key',
    'search, scraping, texts, pictures and speech',
    list(
      'serpapi, serpstack, zenserp, serper, scraperapi, scrapingbee, scrapfly, scrapingant, zenrows, browserless, ' +
        'brightdata, oxylabs, diffbot, parsehub, clearbit, hunterio, hunter_, fullcontact, peopledatalabs, zerobounce, ' +
        'neverbounce, kickbox, clarifai, imagga, removebg, cloudmersive, textrazor, meaningcloud, deepl, speechmatics, ' +
        'gladia, resemble_, playht, stability_, replicate, deepinfra, octoai, novita, hyperbolic_, sambanova, lepton, ' +
        'baseten, predibase, weaviate, qdrant, zilliz, milvus, meilisearch, typesense, swiftype, ai21, nlpcloud, ' +
        'eraser, wolfram, nasa_, giphy, tenor_, pexels, pixabay, shutterstock, rawg, igdb, omdb, lastfm, last_fm, ' +
        'genius_, musixmatch, youtube_, vimeo, wistia, mux_, twitch, deezer, discogs, edamam, spoonacular, nutritionix',
    ),
  ],
  [
    'customer-work-key',
    'mail, marketing, sales, support and forms',
    list(
      'mailtrap, mailerlite, mailersend, moosend, omnisend, sendinblue, elasticemail, emailoctopus, getresponse, ' +
        'convertkit, campaignmonitor, activecampaign, customerio, customer_io, iterable, braze, klaviyo, onesignal, ' +
        'pushwoosh, airship, clicksend, textmagic, infobip, sinch, bandwidth_, telnyx, ringcentral, dialpad, aircall, ' +
        'freshworks, freshservice, helpscout, help_scout, gorgias, kustomer, zendesk, crisp_, drift_, insightly, ' +
        'capsulecrm, copper_, pipedrive, salesloft, outreach_, apollo_, lemlist, typeform, jotform, paperform, ' +
        'surveymonkey, qualtrics, calendly, acuity, eventbrite, ticketmaster, docusign, hellosign, pandadoc, signnow',
    ),
  ],
  [
    'developer-work-key',
    'building, watching, running and planning software',
    list(
      'airbrake, raygun, honeybadger, appsignal, instana, lightstep, logtail, betterstack, betteruptime, uptimerobot, ' +
        'statuscake, statuspage, pingdom, checkly, squadcast, victorops, signalfx, coralogix, mezmo, scalyr, humio, ' +
        'browserstack, saucelabs, sauce_, lambdatest, testrail, cypress_, percy_, applitools, bitrise, codemagic, ' +
        'semaphore_, appcenter, codacy, semgrep, gitguardian, mend_, veracode, checkmarx, fossa, cloudsmith, ' +
        'packagecloud, gemfury, quay_, spacelift, env0, scalr, akeyless, cloudflare, bunnycdn, bunny_, stackpath, ' +
        'keycdn, koyeb, civo_, upcloud, contabo, exoscale, kamatera, truenas, proxmox, zerotier, opnsense, unifi, ' +
        'onelogin, frontegg, descope, fusionauth, jumpcloud, keycloak, authentik, monday_, smartsheet, wrike, ' +
        'clockify, toggl, harvest_, everhour, paymo, coda_, roam_, confluence, contentstack, storyblok, sanity_, ' +
        'prismic, strapi, directus, datocms, hygraph, buttercms, shotstack, uploadcare, filestack, cloudconvert, ' +
        'pdfshift, api2pdf, thingsboard, ubidots, losant, blynk, looker, metabase, redash, fivetran, airbyte, hightouch',
    ),
  ],
]

/** Whichever of the names it was: its literal has been read. */
const NAME = '[a-z0-9_]{4,18}'
const VALUE = '[A-Za-z0-9_.~+/-]{15,180}[A-Za-z0-9_~+/-]={0,2}'

export const VENDORS: readonly MaskingRule[] = KINDS.map(([id, what, names]) => ({
  id,
  description: `Key of a service for ${what}, beside its name`,
  literals: names,
  fold: true,
  inWord: names.every((name) => name.length >= 6),
  before: `${NAME}${TO_KEY}${ANY}`,
  secret: VALUE,
  notAfter: '[A-Za-z0-9(\\[]',
  checks: ['credential'],
  examples: {
    match: [
      `${names[0]} api key: {{<hex:32>}}`,
      `${names[0]}: { secret: '{{<base62:40>}}' }`,
      `${names[1]!.toUpperCase()}_SECRET={{<hex:8:3>-<hex:4:2>-<hex:4:3>-<hex:4:4>-<hex:12:5>}}\n`,
    ],
    miss: [`${names[0]} api key: your-key-goes-here`, `${names[0]}: <hex:40>`, `${names[0]}_key = load(name)`],
  },
}))
