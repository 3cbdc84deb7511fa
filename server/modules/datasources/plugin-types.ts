// What Grafana's own data sources are called on the page.
const NAMES: Readonly<Record<string, string>> = {
  alertmanager: 'Alertmanager',
  cloudwatch: 'CloudWatch',
  elasticsearch: 'Elasticsearch',
  'grafana-azure-monitor-datasource': 'Azure Monitor',
  'grafana-postgresql-datasource': 'PostgreSQL',
  'grafana-testdata-datasource': 'TestData',
  graphite: 'Graphite',
  influxdb: 'InfluxDB',
  jaeger: 'Jaeger',
  loki: 'Loki',
  mssql: 'Microsoft SQL Server',
  mysql: 'MySQL',
  opentsdb: 'OpenTSDB',
  postgres: 'PostgreSQL',
  prometheus: 'Prometheus',
  stackdriver: 'Google Cloud Monitoring',
  tempo: 'Tempo',
  testdata: 'TestData',
  zipkin: 'Zipkin',
};

const names = new Map(Object.entries(NAMES));
const ANY_LOGO = 'public/img/icn-datasource.svg';
const PROMETHEUS_LOGO = 'public/app/plugins/datasource/prometheus/img/prometheus_logo.svg';

/** The name and the picture of a type of data source; one that is not known goes by its own name. */
export function shownType(type: string): { typeName: string; typeLogoUrl: string } {
  return {
    typeName: names.get(type) ?? type,
    typeLogoUrl: type === 'prometheus' ? PROMETHEUS_LOGO : ANY_LOGO,
  };
}
