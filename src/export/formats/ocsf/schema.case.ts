/**
 * The facts of OCSF 1.8.0 that our events are held to: which attributes a class or an object has, of what type, which must
 * be there, which values are known. Derived from github.com/ocsf/ocsf-schema at 3dcb905d (1.8.0, 2026-03-16, Apache-2.0)
 * with the profiles ai_operation and security_control. Test data; never used by the product.
 *
 * A line that is not indented names a class or an object, and `any:` the attributes of which one must be there. Attributes
 * follow as `name[!]:type[[]][=values]`: `!` is required; s text, i integer, b boolean, j any JSON, ip an address, `o` an
 * object that we do not look into, else the name of one below.
 */
export const SCHEMA = `
api_activity
  action:s action_id:i=0|1|2|99|3|4 activity_id!:i=0|99|1|2|3|4 activity_name:s actor!:actor ai_model:ai_model
  api!:api attacks:o[] authorizations:o[] category_name:s category_uid!:i class_name:s class_uid!:i confidence:s
  confidence_id:i=0|1|2|3|99 confidence_score:i count:i disposition:s
  disposition_id:i=0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25|26|27|99
  dst_endpoint:network_endpoint duration:i end_time:i enrichments:o[] firewall_rule:o http_request:http_request
  http_response:http_response is_alert:b malware:o[] malware_scan_info:o message:s message_context:message_context
  metadata!:metadata observables:o[] policy:policy raw_data:s raw_data_hash:o raw_data_size:i resources:o[]
  risk_details:s risk_level:s risk_level_id:i=0|1|2|3|4|99 risk_score:i severity:s severity_id!:i=0|1|2|3|4|5|6|99
  src_endpoint!:network_endpoint start_time:i status:s status_code:s status_detail:s status_id:i=0|1|2|99 time!:i
  timezone_offset:i type_name:s type_uid!:i unmapped:o
data_security_finding
  action:s action_id:i=0|1|2|99|3|4 activity_id!:i=0|99|1|2|3|4 activity_name:s actor:actor attacks:o[]
  authorizations:o[] category_name:s category_uid!:i class_name:s class_uid!:i comment:s confidence:s
  confidence_id:i=0|1|2|3|99 confidence_score:i count:i data_security:data_security database:o databucket:o device:o
  disposition:s disposition_id:i=0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25|26|27|99
  dst_endpoint:network_endpoint duration:i end_time:i enrichments:o[] file:o finding_info!:finding_info
  firewall_rule:o impact:s impact_id:i=0|1|2|3|4|99 impact_score:i is_alert:b malware:o[] malware_scan_info:o
  message:s metadata!:metadata observables:o[] policy:policy raw_data:s raw_data_hash:o raw_data_size:i
  resources:o[] risk_details:s risk_level:s risk_level_id:i=0|1|2|3|4|99 risk_score:i severity:s
  severity_id!:i=0|1|2|3|4|5|6|99 src_endpoint:network_endpoint start_time:i status:s status_code:s status_detail:s
  status_id:i=0|1|2|99|3|4|5|6 table:o time!:i timezone_offset:i type_name:s type_uid!:i unmapped:o
  vendor_attributes:o
detection_finding
  action:s action_id:i=0|1|2|99|3|4 activity_id!:i=0|99|1|2|3 activity_name:s anomaly_analyses:o[] attacks:o[]
  authorizations:o[] category_name:s category_uid!:i class_name:s class_uid!:i comment:s confidence:s
  confidence_id:i=0|1|2|3|99 confidence_score:i count:i device:o disposition:s
  disposition_id:i=0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25|26|27|99 duration:i
  end_time:i enrichments:o[] evidences:o[] finding_info!:finding_info firewall_rule:o impact:s
  impact_id:i=0|1|2|3|4|99 impact_score:i is_alert:b malware:o[] malware_scan_info:o message:s metadata!:metadata
  observables:o[] policy:policy raw_data:s raw_data_hash:o raw_data_size:i remediation:o resources:o[]
  risk_details:s risk_level:s risk_level_id:i=0|1|2|3|4|99 risk_score:i severity:s severity_id!:i=0|1|2|3|4|5|6|99
  start_time:i status:s status_code:s status_detail:s status_id:i=0|1|2|99|3|4|5|6 time!:i timezone_offset:i
  type_name:s type_uid!:i unmapped:o vendor_attributes:o vulnerabilities:o[]
metadata
  correlation_uid:s debug:s[] event_code:s extension:o extensions:o[] is_truncated:b labels:s[] log_format:s
  log_level:s log_name:s log_provider:s log_source:s log_version:s logged_time:i loggers:o[] modified_time:i
  original_event_uid:s original_time:s processed_time:i product!:product profiles:s[] reporter:o sequence:i source:s
  tags:o[] tenant_uid:s total_queued_duration:o transformation_info_list:o[] transmit_time:i type:s uid:s
  untruncated_size:i version!:s
product any:name|uid
  cpe_name:s feature:o lang:s name:s path:s uid:s url_string:s vendor_name:s version:s
actor any:process|user|invoked_by|session|app_name|app_uid
  app_name:s app_uid:s authorizations:o[] idp:o invoked_by:s process:o session:session user:user
user any:account|name|uid
  account:o credential_uid:s display_name:s domain:s email_addr:s forward_addr:s full_name:s groups:group[]
  has_mfa:b ldap_person:o name:s org:o phone_number:s programmatic_credentials:o[] risk_level:s
  risk_level_id:i=0|1|2|3|4|99 risk_score:i type:s type_id:i=0|99|1|2|3|4 uid:s uid_alt:s
group any:name|uid
  desc:s domain:s name:s privileges:s[] type:s uid:s uid_alt:s
session
  count:i created_time:i credential_uid:s expiration_reason:s expiration_time:i is_mfa:b is_remote:b is_vpn:b
  issuer:s terminal:s uid:s uid_alt:s uuid:s
api
  group:group operation!:s request:request response:response service:service token:o version:s
request
  containers:o[] data:j flags:s[] uid!:s
response
  code:i containers:o[] data:j error:s error_message:s flags:s[] message:s
service any:name|uid
  labels:s[] name:s tags:o[] uid:s version:s
network_endpoint any:ip|uid|name|hostname|svc_name|instance_uid|interface_uid|interface_name|domain
  agent_list:o[] autonomous_system:o domain:s fingerprints:o[] hostname:s hw_info:o instance_uid:s interface_name:s
  interface_uid:s intermediate_ips:ip[] ip:ip isp:s isp_org:s location:o mac:s mac_vendor:s name:s network_scope:s
  network_scope_id:i=0|1|2|99 os:o owner:user pool:group port:i proxy_endpoint:o subnet_uid:s svc_name:s type:s
  type_id:i=0|99|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15 uid:s vlan_uid:s vpc_uid:s zone:s
http_request
  args:s body_length:i http_headers:o[] http_method:s=CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|TRACE length:i
  referrer:s uid:s url:url user_agent:s version:s x_forwarded_for:ip[]
http_response
  body_length:i code!:i content_type:s http_headers:o[] latency:i length:i message:s status:s
url any:url_string|path
  categories:s[] category_ids:i[] domain:s hostname:s path:s port:i query_string:s resource_type:s scheme:s
  subdomain:s url_string:s
ai_model any:name|uid
  ai_provider!:s name!:s uid:s version:s
message_context any:application|service
  ai_role:s ai_role_id:i=0|1|2|3|4|5|6|99 application:o completion_tokens:i name:s prompt_tokens:i service:service
  total_tokens:i uid:s
finding_info
  analytic:analytic attack_graph:o attacks:o[] created_time:i data_sources:s[] desc:s first_seen_time:i
  kill_chain:o[] last_seen_time:i modified_time:i product:product product_uid:s related_analytics:analytic[]
  related_events:o[] related_events_count:i src_url:s tags:o[] title:s traits:o[] types:s[] uid!:s uid_alt:s
analytic any:name|uid
  algorithm:s category:s desc:s name:s related_analytics:analytic[] state:s state_id:i=0|99|1|2|3 type:s
  type_id!:i=0|99|1|2|3|4|5|6|7|8|9|10|11 uid:s version:s
data_security any:data_lifecycle_state_id|detection_pattern|detection_system_id|policy
  category:s category_id:i=0|1|2|3|4|5|6|99 classifier_details:o confidentiality:s
  confidentiality_id:i=0|1|2|3|4|5|6|99 data_lifecycle_state:s data_lifecycle_state_id:i=0|1|2|3|99
  detection_pattern:s detection_system:s detection_system_id:i=0|1|2|3|4|5|6|7|8|9|10|11|12|99 discovery_details:o[]
  pattern_match:s policy:policy size:i src_url:s status:s status_details:s[] status_id:i=0|1|2|99|3 total:i uid:s
policy any:name|type|uid
  data:j desc:s group:group is_applied:b name:s type:s uid:s version:s
`
