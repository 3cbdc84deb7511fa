/** Ids of common types of data sources. Any other may be entered. */
export const COMMON_TYPES = [
  'alertmanager',
  'cloudwatch',
  'elasticsearch',
  'grafana-azure-monitor-datasource',
  'grafana-postgresql-datasource',
  'grafana-testdata-datasource',
  'graphite',
  'influxdb',
  'jaeger',
  'loki',
  'mssql',
  'mysql',
  'opentsdb',
  'prometheus',
  'stackdriver',
  'tempo',
  'zipkin',
];

/** Names of secrets that such data sources know. */
export const COMMON_SECRETS = [
  'basicAuthPassword',
  'httpHeaderValue1',
  'password',
  'privateKey',
  'secretKey',
  'accessKey',
  'tlsCACert',
  'tlsClientCert',
  'tlsClientKey',
  'token',
];
