const words = (list: string): string[] => list.split(/\s+/).filter((word) => word !== '');

// A dot at the end stands for every section that begins so.
const sections = words(`
  alerting analytics annotations annotations. auditing auth.azuread auth.extended_jwt auth.generic_oauth auth.github
  auth.gitlab auth.google auth.grafana_com auth.grafananet auth.jwt auth.ldap auth.okta auth.passwordless auth.proxy
  auth.saml auth.scim auth.scim. auth.ssh aws azure caching caching. cloud_migration dashboard_cleanup
  dashboard_previews dashboard_previews. database_replicas dataproxy datasources date_formats emails enterprise explore
  expressions external_image_storage external_image_storage. feature_management feature_toggles feature_toggles.
  frontend_settings geomap grafana-apiserver grafana_com grafana_net grpc_client_authentication grpc_server help
  install keystore. live log.frontend metrics.environment_info metrics.graphite navigation
  navigation. news panels permissions plugin. plugins plugins. profile query query_history rbac
  recorded_queries recording_rules recording_rules. rendering reporting search secretscan secretscan.
  secrets_manager secrets_manager. secure_socks_datasource_proxy security.egress security.encryption short_links smtp
  smtp. snapshots sql_datasources sso_settings storage support_bundles support_bundles. time_picker tracing. tracing
  unified_alerting unified_alerting. unified_storage unified_storage. usage_insights usage_insights. white_labeling
  zanzana zanzana.
`);

const keys: ReadonlyMap<string, readonly string[]> = new Map([
  ['DEFAULT', words('force_migration target')],
  ['paths', words('config home permitted_provisioning_paths plugins provisioning temp_data_lifetime')],
  ['server', words('cdn_url enable_gzip router_logging socket socket_gid socket_mode static_root_path')],
  ['server.custom_response_headers', []],
  [
    'database',
    words(`ca_cert_path cache_mode client_cert_path client_key_path conn_max_lifetime high_availability
      instrument_queries isolation_level locking_attempt_timeout_sec log_queries max_idle_conn migration_locking
      query_retries server_cert_name skip_migrations ssl_sni transaction_retries wal`),
  ],
  [
    'security',
    words(`actions_allow_post_url allow_embedding angular_support_enabled available_encryption_providers
      brute_force_login_protection_max_attempts content_security_policy content_security_policy_report_only
      content_security_policy_report_only_template content_security_policy_template csrf_additional_headers
      csrf_always_check csrf_trusted_origins data_source_proxy_whitelist disable_brute_force_login_protection
      disable_frontend_sandbox_for_plugins disable_gravatar disable_ip_address_login_protection
      disable_username_login_protection enable_frontend_sandbox_for_plugins encryption_provider
      login_remember_days x_content_type_options x_xss_protection`),
  ],
  [
    'auth',
    words(`azure_auth_enabled disable_login disable_login_form disable_signout_menu forward_id_token_to_plugins
      id_response_header_enabled id_response_header_namespaces id_response_header_prefix managed_service_accounts_enabled
      oauth_allow_insecure_email_lookup oauth_auto_login oauth_login_error_message oauth_refresh_token_server_lock_min_wait_ms
      oauth_skip_org_role_update_sync oauth_state_cookie_max_age signout_redirect_url sigv4_auth_enabled
      sigv4_verbose_logging`),
  ],
  ['auth.basic', words('password_policy')],
  ['auth.anonymous', words('device_limit hide_version org_name org_role')],
  [
    'users',
    words(`allow_org_create_default default_language default_locale editors_can_admin external_manage_info
      external_manage_link_name external_manage_link_url external_manage_analytics hidden_users home_page
      last_seen_update_interval login_default_org_id login_hint password_hint user_invite_max_lifetime_duration
      verification_email_max_lifetime_duration verify_email_enabled`),
  ],
  ['service_accounts', words('token_expiration_day_limit')],
  [
    'quota',
    words(`alerting_rule_evaluation_results alerting_rule_group_rules global_alert_rule global_correlations global_file
      global_session org_alert_rule`),
  ],
  ['remote_cache', words('encryption')],
  ['dashboards', words('default_home_dashboard_path min_refresh_interval')],
  ['log', words('user_facing_default_error')],
  ['tracing.opentelemetry', words('sampling_server_url')],
  ['tracing.opentelemetry.otlp', words('insecure')],
  ['metrics', words('disable_total_stats interval_seconds total_stats_collector_interval_seconds')],
]);

/** Sections in which Latchkey has no setting, though Grafana has; a dot at the end means every one below. */
export const unusedSections: readonly string[] = [
  ...sections,
  'service_accounts',
  'server.custom_response_headers',
];

/** Whether Grafana has this section and Latchkey reads nothing of it. */
export function isUnusedSection(section: string): boolean {
  return unusedSections.some((name) => (name.endsWith('.') ? section.startsWith(name) : section === name));
}

/** Whether Grafana has this key and Latchkey does not read it. */
export function isUnusedKey(section: string, key: string): boolean {
  return keys.get(section)?.includes(key) === true;
}

/** Section and key of Grafana's settings that Latchkey does not read, in the sections that it knows. */
export function listUnusedKeys(): [section: string, key: string][] {
  return [...keys].flatMap(([section, names]) => names.map((key): [string, string] => [section, key]));
}
