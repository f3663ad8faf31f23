/** Chat and messaging services: Slack, Discord, Telegram, Teams and others; data, never code that scans. */
import type { MaskingRule } from '../rule.ts'
import { tokens } from './format.ts'

/** A Discord bot token begins with the base64 of a number of 17 to 20 digits, which leaves few first three characters. */
const DISCORD_HEADS = ['MD', 'MT', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'].flatMap((two) =>
  [...'AEIMQUYcgk'].map((third) => two + third),
)

const BUILT: readonly MaskingRule[] = [
  {
    id: 'discord-bot-token',
    description: 'Discord bot token: the bot’s number in base64, a time and a signature',
    source: 'discord.com/developers: Reference, Authentication: the example token; parts as seen in public tokens',
    literals: DISCORD_HEADS,
    secret: '[MNO][A-Za-z0-9]{22,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}',
    checks: ['varied'],
    examples: {
      match: ['MTk4<base62:20>.<base64url:6:2>.<base64url:27:3>', 'NTk4<base62:22>.<base64url:6:2>.<base64url:38:3>'],
      miss: ['MTk4<base62:20>.<base64url:6:2>', 'MTIzNDU2Nzg5'],
    },
  },
  {
    id: 'teams-webhook',
    description: 'Path of a Microsoft Teams incoming webhook',
    source: 'learn.microsoft.com: Teams, create incoming webhooks',
    literals: ['.webhook.office.com/', 'outlook.office.com/webhook/', 'outlook.office365.com/webhook/'],
    before: '(?:\\.webhook\\.office\\.com/webhookb2|outlook\\.office(?:365)?\\.com/webhook)/',
    secret: '[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[A-Za-z0-9/-]{32,}',
    examples: {
      match: [
        'https://a.webhook.office.com/webhookb2/{{<hexdash:36>@<hexdash:36:2>/IncomingWebhook/<hex:32:3>/<hexdash:36:4>}}',
      ],
      miss: ['https://a.webhook.office.com/webhookb2/none'],
    },
  },
]

export const CHAT: readonly MaskingRule[] = [
  ...BUILT,
  ...tokens([
    {
      id: 'slack-token',
      description: 'Slack bot, user, workspace, legacy or configuration token',
      format: ['xox(b|p|a|r|s|c|o|e)-<dashed:20..250>', 'xoxe.xox(b|p)-<dashed:20..300>'],
      source: 'docs.slack.dev: Token types',
    },
    {
      id: 'slack-cookie',
      description: 'Slack session cookie',
      format: 'xoxd-<encoded64:40..400>',
      source: 'seen in public tokens: the d cookie of slack.com',
    },
    {
      id: 'slack-app-token',
      description: 'Slack app-level or workflow token',
      format: '(xapp|xwfp)-<dashed:30..200>',
      source: 'docs.slack.dev: Token types, app-level tokens',
    },
    {
      id: 'slack-webhook',
      description: 'Address of a Slack incoming webhook or workflow trigger: whoever knows it can post',
      format: [
        '(https|http)://hooks.slack.com/(services|workflows|triggers)/<base62:8..16>/<base62:6..20>/<slashed:16..80>',
        'https%3A%2F%2Fhooks.slack.com%2F(services|workflows|triggers)%2F<base62:8..16>%2F<base62:6..20>%2F<base62:16..80>',
      ],
      source: 'docs.slack.dev: Sending messages using incoming webhooks',
      miss: ['(https|http)://hooks.slack.com/services/T0/B0/X'],
    },
    {
      id: 'discord-webhook',
      description: 'Token in a Discord webhook address',
      format: '/api/webhooks/<digits:15..21>/{{<base64url:60..80>}}',
      source: 'discord.com/developers: Webhook resource',
      miss: ['https://discord.com/api/webhooks/123456789012345678/me'],
    },
    {
      id: 'discord-mfa-token',
      description: 'Discord user token with a second factor',
      format: 'mfa.<base64url:80..95>',
      source: 'seen in public tokens',
    },
    {
      id: 'google-chat-webhook',
      description: 'Key and token of a Google Chat webhook',
      format:
        'chat.googleapis.com/v1/spaces/<base64url:8..30>/messages?{{key=<base64url:39>&token=<encoded64url:40..>}}',
      source: 'developers.google.com: Chat, incoming webhooks',
    },
    {
      id: 'lark-webhook',
      description: 'Token of a Lark or Feishu bot’s address',
      format: '(open.feishu.cn|open.larksuite.com)/open-apis/bot/(v2/|)hook/{{<hexdash:32..40>}}',
      source: 'open.larksuite.com: custom bots',
    },
    {
      id: 'dingtalk-webhook',
      description: 'Token of a DingTalk robot’s address',
      format: 'oapi.dingtalk.com/robot/send?access_token={{<hex:64>}}',
      source: 'open.dingtalk.com: custom robots',
    },
    {
      id: 'dingtalk-secret',
      description: 'DingTalk robot’s signing secret',
      format: 'SEC<hex:64>',
      source: 'open.dingtalk.com: custom robots, signatures begin with SEC',
      exact: true,
    },
    {
      id: 'wecom-webhook',
      description: 'Key of a WeCom robot’s address',
      format: 'qyapi.weixin.qq.com/cgi-bin/webhook/send?key={{<uuid>}}',
      source: 'developer.work.weixin.qq.com: group robots',
    },
    {
      id: 'automation-webhook',
      description: 'Key of a Zapier or Make webhook’s address',
      format: [
        'hooks.zapier.com/hooks/catch/{{<digits:5..10>/<base36:6..12>}}',
        'hook.(us1|us2|eu1|eu2).make.com/{{<base36:32>}}',
      ],
      source: 'help.zapier.com and help.make.com: webhooks; whoever knows the address can trigger it',
    },
  ]),
]
