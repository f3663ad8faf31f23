/** Keys without a beginning of their own, known by the service's name beside them. Data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { ANY, either } from './spelling.ts'

type Shape = readonly [kind: keyof typeof CLASSES, length: number, most?: number]
/** [id, whose key, names that stand before it, class and length in characters]. */
type Service = readonly [id: string, whose: string, names: readonly string[], ...shapes: readonly Shape[]]

const CLASSES = {
  hex: '[0-9a-f]',
  HEX: '[0-9A-F]',
  base36: '[0-9a-z]',
  BASE36: '[0-9A-Z]',
  base62: '[0-9A-Za-z]',
  base64: '[0-9A-Za-z+/]',
  base64url: '[0-9A-Za-z_-]',
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
} as const

const CLOUDS: readonly Service[] = [
  [
    'aws-secret-key',
    'Amazon Web Services secret access key',
    ['aws', 'amazon', 'secretaccess', 'secret_access', 's3_'],
    ['base64', 40],
  ],
  [
    'azure-account-key',
    'Azure Storage or Cosmos DB account key',
    ['azure', 'storage', 'account', 'cosmos'],
    ['base64', 86],
  ],
  [
    'azure-service-key',
    'Azure Cognitive Services, Search, Maps or API Management key',
    ['azure', 'cognitive', 'apim_', 'speech_', 'luis_'],
    ['hex', 32],
    ['base62', 52],
  ],
  ['alibaba-secret', 'Alibaba Cloud access key secret', ['alibaba', 'aliyun', 'alicloud'], ['base62', 30]],
  ['tencent-secret', 'Tencent Cloud secret key', ['tencent', 'qcloud'], ['base62', 32]],
  ['cloudflare-api-token', 'Cloudflare API token', ['cloudflare', 'cf_api', 'cf-api', 'cf_token'], ['base64url', 40]],
  ['cloudflare-global-key', 'Cloudflare global API key', ['cloudflare', 'cf_api', 'cf-api', 'cf_key'], ['hex', 37]],
  ['digitalocean-spaces-secret', 'DigitalOcean Spaces secret', ['spaces', 'digitalocean'], ['base64', 43]],
  ['fastly-token', 'Fastly API token', ['fastly'], ['base64url', 32]],
  ['gandi-key', 'Gandi API key', ['gandi'], ['base62', 24]],
  ['heroku-legacy-key', 'Heroku API key (before 2024)', ['heroku'], ['uuid', 1]],
  ['hetzner-token', 'Hetzner Cloud token', ['hetzner', 'hcloud'], ['base62', 64]],
  ['ibm-cloud-key', 'IBM Cloud API key', ['ibm', 'ibmcloud', 'bluemix', 'softlayer'], ['base64url', 44], ['hex', 64]],
  ['linode-token', 'Linode (Akamai) token', ['linode'], ['hex', 64]],
  ['namecheap-key', 'Namecheap API key', ['namecheap'], ['hex', 32]],
  ['netlify-legacy-token', 'Netlify access token (before 2023)', ['netlify'], ['base64url', 40, 46]],
  ['ovh-secret', 'OVHcloud application secret or consumer key', ['ovh'], ['base62', 32]],
  ['scaleway-secret', 'Scaleway secret key', ['scaleway', 'scw_'], ['uuid', 1]],
  ['vercel-legacy-token', 'Vercel access token (before 2025)', ['vercel', 'zeit_'], ['base62', 24]],
  ['vultr-key', 'Vultr API key', ['vultr'], ['BASE36', 36]],
]

const BUILDING: readonly Service[] = [
  [
    'artifactory-token',
    'JFrog Artifactory key or reference token',
    ['artifactory', 'jfrog'],
    ['base62', 64],
    ['base62', 73],
  ],
  ['atlassian-legacy-token', 'Atlassian API token (before 2023)', ['jira', 'confluence', 'atlassian'], ['base62', 24]],
  [
    'bitbucket-secret',
    'Bitbucket app password or OAuth consumer secret',
    ['bitbucket'],
    ['base62', 20],
    ['base64url', 32],
    ['base64url', 64],
  ],
  ['buildkite-legacy-token', 'Buildkite token (before 2023)', ['buildkite'], ['hex', 40], ['base62', 50]],
  ['circleci-legacy-token', 'CircleCI token (before 2023)', ['circleci', 'circle_'], ['hex', 40]],
  ['codeclimate-token', 'Code Climate reporter id', ['codeclimate', 'cc_test_reporter'], ['hex', 64]],
  ['codecov-token', 'Codecov upload token', ['codecov'], ['uuid', 1], ['base36', 32]],
  ['coveralls-token', 'Coveralls repository token', ['coveralls'], ['base62', 32, 37]],
  ['crowdin-token', 'Crowdin token', ['crowdin'], ['hex', 80], ['hex', 32]],
  ['drone-token', 'Drone CI token', ['drone_', 'droneci', 'drone-'], ['base62', 32]],
  ['gitea-token', 'Gitea or Forgejo token', ['gitea', 'forgejo', 'codeberg'], ['hex', 40]],
  ['gitter-token', 'Gitter token', ['gitter'], ['hex', 40]],
  ['jenkins-token', 'Jenkins API token or crumb', ['jenkins'], ['hex', 32], ['hex', 34]],
  ['lokalise-token', 'Lokalise token', ['lokalise'], ['hex', 40]],
  ['phrase-token', 'Phrase token', ['phraseapp', 'phrase_access', 'phrase_api'], ['hex', 64]],
  ['snyk-uuid-token', 'Snyk token', ['snyk'], ['uuid', 1]],
  ['sonar-legacy-token', 'SonarQube or SonarCloud token (before 2022)', ['sonar'], ['hex', 40]],
  ['sourcegraph-legacy-token', 'Sourcegraph access token (before 2023)', ['sourcegraph'], ['hex', 40]],
  ['transifex-token', 'Transifex token', ['transifex'], ['hex', 40]],
  ['travis-token', 'Travis CI token', ['travis'], ['base64url', 22]],
  [
    'bundler-credential',
    'Credential of a gem server for Sidekiq Pro and Enterprise',
    ['bundle_gems__contribsys__com', 'bundle_enterprise__contribsys__com'],
    ['hex', 8],
  ],
]

const WATCHING: readonly Service[] = [
  ['amplitude-key', 'Amplitude key', ['amplitude'], ['hex', 32]],
  ['bugsnag-key', 'Bugsnag key', ['bugsnag'], ['hex', 32]],
  ['datadog-api-key', 'Datadog API key', ['datadog', 'dd_api', 'dd-api', 'ddog'], ['hex', 32]],
  ['datadog-app-key', 'Datadog application key', ['datadog', 'dd_app', 'dd-app'], ['hex', 40]],
  ['honeycomb-named-key', 'Honeycomb key', ['honeycomb'], ['base62', 22], ['hex', 32]],
  ['launchdarkly-token', 'LaunchDarkly token', ['launchdarkly', 'launch_darkly'], ['base64url', 40]],
  ['logdna-key', 'LogDNA (Mezmo) ingestion key', ['logdna', 'mezmo'], ['hex', 32]],
  ['loggly-token', 'Loggly customer token', ['loggly'], ['uuid', 1]],
  ['logzio-token', 'Logz.io shipping token', ['logzio', 'logz_io'], ['base62', 32], ['uuid', 1]],
  ['mixpanel-secret', 'Mixpanel token or secret', ['mixpanel'], ['hex', 32]],
  [
    'newrelic-hex-key',
    'New Relic insights or license key',
    ['newrelic', 'new_relic', 'new-relic'],
    ['base64url', 32],
    ['hex', 40],
  ],
  ['opsgenie-key', 'Opsgenie key', ['opsgenie'], ['uuid', 1]],
  ['pagerduty-key', 'PagerDuty key', ['pagerduty', 'pager_duty'], ['base64url', 20], ['hex', 32]],
  ['papertrail-token', 'Papertrail token', ['papertrail'], ['base62', 20]],
  ['rollbar-token', 'Rollbar access token', ['rollbar'], ['hex', 32]],
  [
    'segment-key',
    'Segment write key',
    ['segment_write', 'segment_api', 'segment_access'],
    ['base62', 32],
    ['base64url', 43],
  ],
  ['sentry-legacy-token', 'Sentry auth token (before 2023)', ['sentry'], ['hex', 64]],
  ['splunk-token', 'Splunk HTTP event collector token', ['splunk'], ['uuid', 1]],
  ['sumologic-key', 'Sumo Logic access key', ['sumologic', 'sumo_', 'sumo-'], ['base62', 64]],
  ['wakatime-key', 'WakaTime key', ['wakatime'], ['uuid', 1]],
]

const MESSAGES: readonly Service[] = [
  ['discord-client-secret', 'Discord client secret', ['discord'], ['base64url', 32]],
  ['facebook-app-secret', 'Facebook app secret', ['facebook', 'fb_app', 'fb_secret', 'meta_app'], ['hex', 32]],
  ['flickr-key', 'Flickr key or secret', ['flickr'], ['hex', 32], ['hex', 16]],
  ['freshdesk-key', 'Freshdesk key', ['freshdesk'], ['base62', 20]],
  ['hubspot-legacy-key', 'HubSpot key (before 2022)', ['hubspot', 'hubapi'], ['uuid', 1]],
  ['intercom-token', 'Intercom token', ['intercom'], ['base64url', 60]],
  ['kakao-key', 'Kakao key', ['kakao'], ['hex', 32]],
  ['line-secret', 'LINE channel secret', ['line_channel', 'linebot', 'line_bot'], ['hex', 32]],
  ['linkedin-secret', 'LinkedIn client secret', ['linkedin', 'linked_in'], ['base62', 16]],
  ['mailgun-hex-key', 'Mailgun key or webhook signing key', ['mailgun', 'mg_api'], ['hex', 32]],
  ['mailjet-key', 'Mailjet key or secret', ['mailjet'], ['hex', 32]],
  ['mandrill-key', 'Mandrill key', ['mandrill'], ['base64url', 22]],
  ['mattermost-token', 'Mattermost token', ['mattermost'], ['base36', 26]],
  ['messagebird-key', 'MessageBird (Bird) key', ['messagebird', 'message_bird'], ['base62', 25]],
  ['plivo-token', 'Plivo auth token', ['plivo'], ['base62', 40]],
  ['postmark-token', 'Postmark token', ['postmark'], ['uuid', 1]],
  ['pushover-token', 'Pushover token', ['pushover'], ['base36', 30]],
  ['pusher-secret', 'Pusher secret', ['pusher'], ['hex', 20]],
  ['reddit-secret', 'Reddit client secret', ['reddit'], ['base64url', 27], ['base64url', 30]],
  ['sendbird-token', 'Sendbird token', ['sendbird'], ['hex', 40]],
  ['sparkpost-key', 'SparkPost key', ['sparkpost'], ['hex', 40]],
  ['twilio-auth-token', 'Twilio auth token', ['twilio'], ['hex', 32]],
  ['twitch-secret', 'Twitch client secret or token', ['twitch'], ['base36', 30]],
  [
    'twitter-secret',
    'X (Twitter) key, secret or access token secret',
    ['twitter', 'x_api', 'x_consumer'],
    ['base62', 25],
    ['base62', 45],
    ['base62', 50],
  ],
  ['vonage-secret', 'Vonage (Nexmo) secret', ['vonage', 'nexmo'], ['base62', 16]],
  ['zendesk-token', 'Zendesk token', ['zendesk'], ['base62', 40]],
]

const WORK: readonly Service[] = [
  ['adafruit-io-key', 'Adafruit IO key', ['adafruit'], ['base64url', 32]],
  ['adobe-secret', 'Adobe client id or secret', ['adobe'], ['hex', 32]],
  ['airtable-legacy-key', 'Airtable key (before 2024)', ['airtable'], ['base62', 17]],
  ['algolia-key', 'Algolia key', ['algolia'], ['hex', 32]],
  ['asana-secret', 'Asana client secret', ['asana'], ['hex', 32]],
  ['auth0-secret', 'Auth0 client secret', ['auth0'], ['base64url', 64]],
  ['beamer-key', 'Beamer key', ['beamer'], ['base64url', 46]],
  ['bitly-token', 'Bitly token', ['bitly'], ['hex', 40]],
  ['box-secret', 'Box client secret', ['box_client', 'box_secret', 'boxsdk'], ['base62', 32]],
  ['cloudinary-secret', 'Cloudinary secret', ['cloudinary'], ['base64url', 27]],
  ['confluent-key', 'Confluent Cloud key', ['confluent'], ['BASE36', 16]],
  ['confluent-secret', 'Confluent Cloud secret', ['confluent', 'ccloud'], ['base64', 64]],
  ['contentful-delivery-token', 'Contentful delivery or preview token', ['contentful'], ['base64url', 43]],
  ['dropbox-secret', 'Dropbox app secret', ['dropbox'], ['base36', 15]],
  ['etsy-key', 'Etsy key', ['etsy'], ['base36', 24]],
  ['figma-secret', 'Figma client secret', ['figma'], ['base62', 30]],
  ['finicity-secret', 'Finicity token or secret', ['finicity'], ['hex', 32], ['base62', 20]],
  ['freshbooks-token', 'FreshBooks token', ['freshbooks'], ['hex', 64]],
  ['infura-key', 'Infura project secret', ['infura'], ['hex', 32]],
  ['jumpcloud-key', 'JumpCloud key', ['jumpcloud'], ['hex', 40]],
  ['okta-token', 'Okta API token', ['okta'], ['base64url', 42]],
  ['pipedrive-token', 'Pipedrive token', ['pipedrive'], ['hex', 40]],
  ['plaid-secret', 'Plaid secret', ['plaid'], ['hex', 30]],
  ['salesforce-secret', 'Salesforce consumer secret', ['salesforce', 'sfdc'], ['HEX', 64]],
  ['spotify-secret', 'Spotify client secret', ['spotify'], ['hex', 32]],
  ['squarespace-key', 'Squarespace key', ['squarespace'], ['uuid', 1]],
  ['strava-secret', 'Strava client secret or token', ['strava'], ['hex', 40]],
  ['todoist-token', 'Todoist token', ['todoist'], ['hex', 40]],
  ['trello-key', 'Trello key or token (before 2022)', ['trello'], ['hex', 32], ['hex', 64]],
  ['yelp-key', 'Yelp Fusion key', ['yelp'], ['base64url', 128]],
]

const DATA: readonly Service[] = [
  ['alchemy-key', 'Alchemy key', ['alchemy'], ['base64url', 32]],
  ['assemblyai-key', 'AssemblyAI key', ['assemblyai', 'assembly_ai'], ['hex', 32]],
  ['binance-secret', 'Binance key or secret', ['binance'], ['base62', 64]],
  ['bitfinex-secret', 'Bitfinex key or secret', ['bitfinex'], ['base62', 43]],
  ['bittrex-secret', 'Bittrex key or secret', ['bittrex'], ['hex', 32]],
  ['coinbase-secret', 'Coinbase key or secret', ['coinbase'], ['base64url', 64], ['base62', 32]],
  ['cohere-key', 'Cohere key', ['cohere', 'co_api'], ['base62', 40]],
  ['deepgram-key', 'Deepgram key', ['deepgram'], ['hex', 40]],
  ['elevenlabs-legacy-key', 'ElevenLabs key (before 2024)', ['elevenlabs', 'eleven_labs', 'xi_api'], ['hex', 32]],
  ['etherscan-key', 'Etherscan key', ['etherscan', 'bscscan', 'polygonscan'], ['BASE36', 34]],
  ['kraken-secret', 'Kraken secret', ['kraken'], ['base64', 86]],
  ['kucoin-secret', 'KuCoin key or secret', ['kucoin'], ['uuid', 1], ['hex', 24]],
  ['maxmind-key', 'MaxMind license key (before 2023)', ['maxmind', 'geoip'], ['base62', 16]],
  ['mistral-key', 'Mistral key', ['mistral'], ['base62', 32]],
  ['newsapi-key', 'NewsAPI key', ['newsapi', 'news_api'], ['hex', 32]],
  ['nytimes-key', 'New York Times key', ['nytimes', 'new_york_times', 'nyt_'], ['base62', 32]],
  ['openweather-key', 'OpenWeather key', ['openweather', 'open_weather', 'owm_'], ['hex', 32]],
  ['rapidapi-key', 'RapidAPI key', ['rapidapi', 'rapid_api'], ['base62', 50]],
  ['shodan-key', 'Shodan key', ['shodan'], ['base62', 32]],
  ['tmdb-key', 'The Movie Database key', ['tmdb', 'themoviedb'], ['hex', 32]],
  ['together-key', 'Together AI key', ['together_', 'togetherai'], ['hex', 64]],
  ['unsplash-key', 'Unsplash key', ['unsplash'], ['base64url', 43]],
  ['virustotal-key', 'VirusTotal key', ['virustotal', 'virus_total', 'vt_api'], ['hex', 64]],
  ['wandb-key', 'Weights & Biases key', ['wandb', 'weights_and_biases'], ['hex', 40]],
  ['weatherstack-key', 'weatherstack key', ['weatherstack'], ['hex', 32]],
  ['yandex-key', 'Yandex Cloud key', ['yandex'], ['base64url', 38, 60]],
]

/** A name shorter than this may be a part of any word, so it counts only where one begins. Characters. */
const SHORTEST_IN_WORD = 6
/** From the service's name to the end of the key's own: `DATADOG_API_KEY`, `datadog.apiKey`, `datadog: {⏎ api_key`. */
const TO_KEY = '[A-Za-z0-9_.\\s:"\'{-]{0,40}(?:key|token|secret|pass|pwd|auth|cred|reporter_id)[A-Za-z0-9_-]{0,12}'

const patternOf = ([kind, length, most]: Shape): string =>
  kind === 'uuid' ? CLASSES.uuid : `${CLASSES[kind]}{${length}${most ? `,${most}` : ''}}`

const sampleOf = ([kind, length]: Shape): string =>
  kind === 'uuid' ? '<hex:8:3>-<hex:4:2>-<hex:4:3>-<hex:4:4>-<hex:12:5>' : `<${kind}:${length}:3>`

function service([id, whose, names, ...shapes]: Service): MaskingRule {
  const sample = sampleOf(shapes[0]!)
  const name = names[0]!
  const joint = /[_-]$/.test(name) ? '' : '_'
  return {
    id,
    description: `${whose}, beside its name`,
    literals: names,
    fold: true,
    inWord: names.every((name) => name.length >= SHORTEST_IN_WORD),
    before: `${either(names)}${TO_KEY}${ANY}`,
    secret: shapes.map(patternOf).join('|'),
    notAfter: '[0-9A-Za-z_+/-]',
    checks: ['no-stand-in', 'mixed'],
    examples: {
      match: [
        `${name}${joint}api_key = "{{${sample}}}"`,
        `${name.toUpperCase()}${joint}TOKEN={{${sample}}}\n`,
        `${name}${joint}service: { secret: '{{${sample}}}' }`,
        `| ${name}${joint}auth token | {{${sample}}} |`,
      ],
      miss: [
        `${name}${joint}id = "${sample}"`,
        `${name}${joint}api_key = "x"`,
        `${name}${joint}api_key: ${sample}<base62:140>`,
      ],
    },
  }
}

export const SERVICES: readonly MaskingRule[] = [
  ...CLOUDS,
  ...BUILDING,
  ...WATCHING,
  ...MESSAGES,
  ...WORK,
  ...DATA,
].map(service)
