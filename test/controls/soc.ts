/** SOC 2, common criteria: what is asked, what there is, what proves it. Data only. */
import type { Standard } from './controls.ts'
import { BYPASS, CARRY, CIPHER, CUSTODY, IDENTITY, REFUSED, REVOKED, SEARCH, SENT } from './proofs.ts'

export const SOC: Standard = {
  name: 'SOC 2, Trust Services Criteria (2017, points of 2022), common criteria',
  source: 'aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022',
  controls: [
    {
      id: 'CC6.1',
      asks: 'logical access is protected',
      does: 'keys per actor, bound to connections and networks; encryption at rest',
      proofs: [[IDENTITY, 'unknown, out of scope, expired, by the wrong channel'], CIPHER],
    },
    {
      id: 'CC6.2',
      asks: 'access is given and taken away in time',
      does: 'a revoked key is refused at once, and what it has open is cut',
      proofs: [REVOKED, REFUSED],
    },
    {
      id: 'CC6.3',
      asks: 'least privilege',
      does: 'keys reach the connections that they name, and expire',
      proofs: [[IDENTITY, 'unknown, out of scope, expired, by the wrong channel']],
      open: 'no roles among administrators yet',
    },
    {
      id: 'CC6.6',
      asks: 'protection against what comes from outside',
      does: 'plain listeners beyond loopback are refused; limits for each actor',
      proofs: [[IDENTITY, 'limits: places come back, one actor never stops another, an hour passes']],
    },
    {
      id: 'CC6.7',
      asks: 'data is protected as it leaves',
      does: 'secrets are masked in both directions, under any cut of a stream',
      proofs: [
        [CARRY, 'a secret in a prompt reaches neither the model nor the record'],
        [CARRY, 'a secret split over events never reaches the client, and never the record'],
      ],
    },
    {
      id: 'CC7.2',
      asks: 'anomalies are watched for',
      does: 'findings, alerts, bypasses, and all of it in a SIEM',
      proofs: [BYPASS, SENT],
    },
    {
      id: 'CC7.3',
      asks: 'events are evaluated',
      does: 'who, which prompt and what was exposed, in one query each',
      proofs: [
        SEARCH,
        [
          'src/cli/secret.test.ts',
          'the exchanges in which a value was seen are found, and that somebody looked is on the record',
        ],
      ],
    },
    {
      id: 'CC7.4',
      asks: 'incidents are answered',
      does: 'revoking cuts streams; a hold keeps evidence',
      proofs: [REVOKED, [CUSTODY, 'a hold keeps what it is about, until it is released; ']],
      open: 'the answer is yours',
    },
  ],
}
