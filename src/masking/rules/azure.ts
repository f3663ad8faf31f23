/** Microsoft Azure, Entra, Azure DevOps and Power Platform (learn.microsoft.com); data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { tokens } from './format.ts'

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
    secret: '[A-Za-z0-9+/]{43,}={1,2}',
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
  ...tokens([
    {
      id: 'azure-app-config',
      description: 'Azure App Configuration connection string, its id and secret',
      format: '.azconfig.io;Id={{<base62:4>-<base64:2>-s0:<base64:20>;Secret=<padded:40..100>}}',
      source: 'learn.microsoft.com: App Configuration, access keys: Endpoint, Id and Secret',
    },
  ]),
]
