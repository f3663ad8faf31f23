/** Messaging and mail services: Slack, Discord, Telegram, Teams, Twilio, SendGrid and others. */
import type { MaskingRule } from '../rule.ts'
import { BASE62, HEX, prefixed, sample } from './sample.ts'

export const CHAT: readonly MaskingRule[] = [
  prefixed({
    id: 'slack-token',
    description: 'Slack bot, user, app, refresh or configuration token',
    prefixes: [
      'xoxb-',
      'xoxp-',
      'xoxa-',
      'xoxr-',
      'xoxs-',
      'xoxc-',
      'xoxd-',
      'xoxe-',
      'xoxo-',
      'xoxe.xoxp-',
      'xoxe.xoxb-',
    ],
    body: '[A-Za-z0-9%/+-]',
    min: 20,
  }),
  prefixed({
    id: 'slack-app-token',
    description: 'Slack app-level token',
    prefixes: ['xapp-'],
    body: '[A-Za-z0-9-]',
    min: 30,
  }),
  {
    id: 'slack-webhook',
    description: 'Path of a Slack incoming webhook or workflow trigger',
    literals: ['hooks.slack.com/'],
    before: 'hooks\\.slack\\.com/(?:services|workflows|triggers)/',
    secret: '[A-Za-z0-9]{8,}/[A-Za-z0-9]{6,}/[A-Za-z0-9/]{16,}',
    examples: {
      match: [
        () => [
          'https://hooks.slack.com/services/',
          `T${sample(BASE62, 9)}/B${sample(BASE62, 9, 2)}/${sample(BASE62, 24, 3)}`,
          '',
        ],
      ],
      miss: [() => 'https://hooks.slack.com/services/T0/B0/X'],
    },
  },
  {
    id: 'discord-webhook',
    description: 'Token in a Discord webhook address',
    literals: ['/api/webhooks/'],
    before: '/api/webhooks/\\d{15,21}/',
    secret: '[A-Za-z0-9_-]{60,}',
    examples: {
      match: [() => ['https://discord.com/api/webhooks/123456789012345678/', sample(BASE62, 68), '']],
      miss: [() => 'https://discord.com/api/webhooks/123456789012345678/me'],
    },
  },
  {
    id: 'teams-webhook',
    description: 'Path of a Microsoft Teams incoming webhook',
    literals: ['.webhook.office.com/'],
    before: '\\.webhook\\.office\\.com/webhookb2/',
    secret: '[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[A-Za-z0-9/-]{32,}',
    examples: {
      match: [
        () => {
          const id = '0f8fad5b-d9cb-469f-a165-70867728950e'
          return ['https://a.webhook.office.com/webhookb2/', `${id}@${id}/IncomingWebhook/${sample(HEX, 32)}/${id}`, '']
        },
      ],
      miss: [() => 'https://a.webhook.office.com/webhookb2/none'],
    },
  },
  {
    id: 'telegram-bot-token',
    description: 'Telegram bot token, from the part after the bot’s number',
    literals: Array.from({ length: 10 }, (_, digit) => `${digit}:AA`),
    inWord: true,
    before: '\\d:',
    secret: 'AA[A-Za-z0-9_-]{33}',
    notAfter: '[A-Za-z0-9_-]',
    examples: {
      match: [() => ['bot123456789:', `AA${sample(BASE62, 33)}`, '']],
      miss: [() => `1:AA${sample(BASE62, 20)}`],
    },
  },
  prefixed({
    id: 'twilio-key',
    description: 'Twilio API key: SK and 32 hex digits',
    prefixes: ['SK'],
    body: '[0-9a-f]',
    min: 32,
    exact: true,
    letters: HEX,
  }),
  {
    id: 'sendgrid-key',
    description: 'SendGrid API key',
    literals: ['SG.'],
    secret: 'SG\\.[A-Za-z0-9_-]{20,24}\\.[A-Za-z0-9_-]{39,}',
    examples: {
      match: [() => `SG.${sample(BASE62, 22)}.${sample(BASE62, 43, 2)}`],
      miss: [() => `SG.${sample(BASE62, 22)}`, () => 'SG.map'],
    },
  },
  prefixed({
    id: 'mailgun-key',
    description: 'Mailgun private API key',
    prefixes: ['key-'],
    body: '[0-9a-f]',
    min: 32,
    exact: true,
    letters: HEX,
  }),
  prefixed({
    id: 'brevo-key',
    description: 'Brevo (Sendinblue) API or SMTP key',
    prefixes: ['xkeysib-', 'xsmtpsib-'],
    body: '[A-Za-z0-9-]',
    min: 60,
  }),
  {
    id: 'resend-key',
    description: 'Resend API key',
    literals: ['re_'],
    secret: 're_[A-Za-z0-9]{8}_[A-Za-z0-9]{24,}',
    examples: {
      match: [() => `re_${sample(BASE62, 8)}_${sample(BASE62, 24, 2)}`],
      miss: [() => 're_compile_everything', () => `re_${sample(BASE62, 8)}_${sample(BASE62, 20)}`],
    },
  },
]
