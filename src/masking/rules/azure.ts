/** Microsoft Azure, Entra, Azure DevOps and Power Platform (learn.microsoft.com); data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { tokens } from './format.ts'

/** Microsoft's mark for keys of one format in several services; after it a version. */
const ANNOTATED = 'JQQJ99'
const SECURITY = 'github.com/microsoft/security-utilities: identifiable and common annotated security keys'

const SEPARATOR = `[\\s"'\`\\\\:=|,>()]{1,8}`

export const AZURE: readonly MaskingRule[] = [
  {
    id: 'azure-storage-key',
    description: 'Azure Storage, Cosmos DB, Service Bus or Event Hubs key, where its name stands before it',
    source: 'learn.microsoft.com: connection strings; 32 or 64 bytes in base64',
    literals: ['accountkey', 'account_key', 'sharedaccesskey', 'storage_key'],
    fold: true,
    inWord: true,
    before: `(?:account_?|sharedaccess|storage_)key\\\\?["']?\\]?${SEPARATOR}`,
    secret: '[A-Za-z0-9+/]{43,128}={1,2}',
    checks: ['undocumented'],
    examples: {
      match: [
        'AccountName=a;AccountKey={{<base64:86>==}};EndpointSuffix=core.windows.net',
        '"AccountKey": "{{<base64:86:2>==}}"',
      ],
      miss: ['AccountKey=<your key>'],
    },
  },
  {
    id: 'azure-sas-token',
    description: 'Signature of a Service Bus or IoT Hub token',
    source: 'learn.microsoft.com: Service Bus, shared access signature: sr, sig, se and skn',
    literals: ['SharedAccessSignature sr='],
    before: `SharedAccessSignature sr=[^\\s"'&]{1,200}&sig=`,
    secret: '[A-Za-z0-9%/+]{40,}={0,2}',
    examples: {
      match: ['SharedAccessSignature sr=a.servicebus.windows.net&sig={{<base62:43>%3D}}&se=1&skn=k'],
      miss: ['SharedAccessSignature sr=a&sig=none'],
    },
  },
  {
    id: 'azure-sas',
    description: 'Signature of an Azure shared access signature address',
    source: 'learn.microsoft.com: Storage, service SAS: sig is an HMAC-SHA256 in base64',
    literals: ['&sig=', '?sig=', ';sig='],
    before: '[?&;]sig=',
    secret: '[A-Za-z0-9%/+]{40,}={0,2}',
    examples: {
      match: ['https://a.blob.core.windows.net/c?sp=r&sig={{<base62:43>%3D}}'],
      miss: ['https://a.example/?sig=short'],
    },
  },
  {
    id: 'azure-annotated-key-named',
    description:
      'Azure key of the common annotated format or of Azure DevOps, where the product’s name stands before it',
    source: SECURITY,
    literals: ['azure', 'openai', 'cognitive', 'devops', 'azdo'],
    fold: true,
    inWord: true,
    before: `(?:azure|openai|cognitive|devops|azdo)[a-z0-9_.-]{0,40}[\\s"'\`\\\\:=|,>()\\]]{1,8}`,
    secret: `[a-z0-9]{52}${ANNOTATED.toLowerCase()}[a-z0-9]{26,30}={0,2}|[a-z0-9]{76}azdo[a-z0-9]{4}`,
    examples: {
      match: [
        `AZURE_OPENAI_KEY={{<base62:52>${ANNOTATED}<base62:26:2>}}`,
        'AZURE_DEVOPS_EXT_PAT: "{{<base62:76>AZDO<base62:4:2>}}"',
      ],
      miss: ['AZURE_OPENAI_KEY=<base62:40>'],
    },
  },
  ...tokens([
    {
      id: 'azure-app-config',
      description: 'Azure App Configuration connection string, its id and secret',
      format: '.azconfig.io;Id={{<base62:4>-<base64:2>-s0:<base64:20>;Secret=<padded:40..100>}}',
      source: 'learn.microsoft.com: App Configuration, access keys: Endpoint, Id and Secret',
    },
    {
      id: 'azure-annotated-key',
      description: 'Azure key of the common annotated format (OpenAI, Cognitive Services, DevOps, Maps and others)',
      format: `<base62:52>${ANNOTATED}<base62:26..30>(|==)`,
      run: 'base64',
      only: 'thorough',
      mixed: true,
      source: SECURITY,
    },
    {
      id: 'azure-devops-token',
      description: 'Azure DevOps personal access token',
      format: '<base62:76>AZDO<base62:4>',
      run: 'base64',
      only: 'thorough',
      mixed: true,
      source: 'learn.microsoft.com: Azure DevOps, personal access tokens: 84 characters, AZDO at the 77th',
    },
    {
      id: 'azure-identifiable-key',
      description:
        'Azure key of 64 bytes that names its service (Storage, Batch, Cosmos DB, API Management, Machine Learning)',
      format: '<base64:76>(+ASt|+ABa|ACDb|APIM|+AMC)<base64:6>==',
      run: 'base64',
      only: 'thorough',
      mixed: true,
      source: SECURITY,
    },
    {
      id: 'azure-identifiable-key-32',
      description: 'Azure key of 32 bytes that names its service (IoT, Service Bus, Event Hubs, Relay)',
      format: '<base64:33>(AIoT|+ASb|+AEh|+ARm)<base64:6>=',
      run: 'base64',
      only: 'thorough',
      mixed: true,
      source: SECURITY,
    },
    {
      id: 'azure-identifiable-key-39',
      description: 'Azure key of 39 bytes that names its service (Search, Container Registry, Cache)',
      format: '<base64:42>(AzSe|+ACR|AzCa)<base64:6>(|=)',
      run: 'base64',
      only: 'thorough',
      mixed: true,
      source: SECURITY,
    },
    {
      id: 'azure-function-key',
      description: 'Azure Functions key',
      format: '<base64url:44>AzFu<base64url:6>==',
      run: 'base64url',
      only: 'thorough',
      mixed: true,
      source: SECURITY,
    },
  ]),
]
