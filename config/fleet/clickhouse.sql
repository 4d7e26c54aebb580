-- A fleet too large for one machine: the summaries of all terminals (`posdiag.summary/1`), in ClickHouse.
--
--   clickhouse-client --multiquery < clickhouse.sql
--
-- Whatever brings the summaries (Vector, Kafka, an HTTP insert) writes them into `summaries`, one a row, as they are:
--
--   INSERT INTO posdiag.summaries SETTINGS input_format_skip_unknown_fields = 1 FORMAT JSONEachRow {"schema":"posdiag.summary/1","id":…}
--
-- with `received` (seconds since the epoch) where something knows better than the insert when it came in. Then
--
--   posdiag fleet scan --from clickhouse+https://reader@host:8443/posdiag
--
-- asks for counts alone. The user `reader` needs SELECT on posdiag.*, and nothing else.

CREATE DATABASE IF NOT EXISTS posdiag;

-- What comes in. Nothing is kept here: the views below take what they need of each row.
CREATE TABLE IF NOT EXISTS posdiag.summaries
(
    schema LowCardinality(String),
    received Int64 DEFAULT toUnixTimestamp(now()),
    id String,
    serial_number String,
    machine_id String,
    boot_id String,
    version LowCardinality(String),
    config_hash String,
    sequence Int64,
    generated_at Int64,
    valid_until Int64,
    state Int8,
    can_pay Int8,
    since Int64,
    stopped Bool,
    cause LowCardinality(String),
    subject String,
    causes Array(String),
    attributes Map(String, String),
    labels Map(String, String),
    seconds_by_state Map(String, Int64),
    incidents_by_cause Map(String, Int64),
    closed Array(Tuple(cause String, subject String, began Int64, seconds Int64, step String))
)
ENGINE = Null;

-- The newest of every terminal, by its receipt.
CREATE TABLE IF NOT EXISTS posdiag.terminals
(
    id String,
    serial_number String,
    machine_id String,
    boot_id String,
    sequence Int64,
    generated Int64,
    valid_until Int64,
    received Int64 CODEC(Delta, ZSTD),
    since Int64,
    state Int8,
    can_pay Int8,
    stopped Bool,
    cause LowCardinality(String),
    subject String,
    causes String,
    host LowCardinality(String),
    address String,
    isp LowCardinality(String),
    resolver String,
    region LowCardinality(String),
    store String,
    version LowCardinality(String),
    config LowCardinality(String),
    model LowCardinality(String),
    firmware LowCardinality(String),
    uplink LowCardinality(String),
    operator LowCardinality(String),
    labels Map(String, String),
    seconds_ok Nullable(Int64),
    seconds_degraded Nullable(Int64),
    seconds_outage Nullable(Int64),
    seconds_unknown Nullable(Int64),
    incidents Map(String, Int64)
)
ENGINE = ReplacingMergeTree(received)
ORDER BY id
TTL toDateTime(received) + INTERVAL 400 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS posdiag.to_terminals TO posdiag.terminals AS
SELECT
    id, serial_number, machine_id, boot_id, sequence, generated_at AS generated, valid_until, received, since, state, can_pay, stopped, cause,
    subject, arrayStringConcat(causes, ' ') AS causes,
    attributes['host'] AS host, attributes['address'] AS address, attributes['isp'] AS isp, attributes['resolver'] AS resolver,
    attributes['region'] AS region, attributes['store'] AS store, version, config_hash AS config, attributes['model'] AS model,
    attributes['firmware'] AS firmware, attributes['uplink'] AS uplink, attributes['operator'] AS operator,
    mapFilter((name, value) -> value != '', labels) AS labels,
    if(empty(seconds_by_state), NULL, seconds_by_state['ok']) AS seconds_ok,
    if(empty(seconds_by_state), NULL, seconds_by_state['degraded']) AS seconds_degraded,
    if(empty(seconds_by_state), NULL, seconds_by_state['outage']) AS seconds_outage,
    if(empty(seconds_by_state), NULL, seconds_by_state['unknown']) AS seconds_unknown,
    incidents_by_cause AS incidents
FROM posdiag.summaries
WHERE schema = 'posdiag.summary/1' AND id != '';

-- What is counted: one row a terminal, with the columns of a store's latest.parquet. One that is gone for good:
-- DELETE FROM posdiag.terminals WHERE id = '…'
CREATE OR REPLACE VIEW posdiag.terminals_now AS
SELECT * FROM posdiag.terminals FINAL;

-- What each terminal counted itself, at the first and at the last report of each day: availability is the difference. A machine that took
-- another one's place has rows of its own.
CREATE TABLE IF NOT EXISTS posdiag.days
(
    day Date,
    id String,
    machine_id String,
    isp SimpleAggregateFunction(anyLast, LowCardinality(String)),
    region SimpleAggregateFunction(anyLast, LowCardinality(String)),
    store SimpleAggregateFunction(anyLast, String),
    version SimpleAggregateFunction(anyLast, LowCardinality(String)),
    model SimpleAggregateFunction(anyLast, LowCardinality(String)),
    ok_first SimpleAggregateFunction(min, Int64),
    ok_last SimpleAggregateFunction(max, Int64),
    degraded_first SimpleAggregateFunction(min, Int64),
    degraded_last SimpleAggregateFunction(max, Int64),
    outage_first SimpleAggregateFunction(min, Int64),
    outage_last SimpleAggregateFunction(max, Int64),
    incidents_first SimpleAggregateFunction(min, Int64),
    incidents_last SimpleAggregateFunction(max, Int64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (day, id, machine_id)
TTL day + INTERVAL 400 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS posdiag.to_days TO posdiag.days AS
SELECT
    toDate(toDateTime(received, 'UTC')) AS day, id, machine_id,
    anyLast(attributes['isp']) AS isp, anyLast(attributes['region']) AS region, anyLast(attributes['store']) AS store,
    anyLast(version) AS version, anyLast(attributes['model']) AS model,
    min(seconds_by_state['ok']) AS ok_first, max(seconds_by_state['ok']) AS ok_last,
    min(seconds_by_state['degraded']) AS degraded_first, max(seconds_by_state['degraded']) AS degraded_last,
    min(seconds_by_state['outage']) AS outage_first, max(seconds_by_state['outage']) AS outage_last,
    min(arraySum(mapValues(incidents_by_cause))) AS incidents_first, max(arraySum(mapValues(incidents_by_cause))) AS incidents_last
FROM posdiag.summaries
WHERE schema = 'posdiag.summary/1' AND id != '' AND notEmpty(seconds_by_state)
GROUP BY day, id, machine_id;

-- Incidents that are over; a summary repeats its last ones, and equal ones are one.
CREATE TABLE IF NOT EXISTS posdiag.incidents
(
    id String,
    cause LowCardinality(String),
    subject String,
    began Int64,
    seconds Int64,
    step LowCardinality(String),
    isp LowCardinality(String),
    region LowCardinality(String),
    store String,
    version LowCardinality(String),
    model LowCardinality(String),
    noted Int64
)
ENGINE = ReplacingMergeTree(noted)
ORDER BY (id, cause, subject, began)
TTL toDateTime(noted) + INTERVAL 400 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS posdiag.to_incidents TO posdiag.incidents AS
SELECT
    id, over.cause AS cause, over.subject AS subject, over.began AS began, over.seconds AS seconds, over.step AS step,
    attributes['isp'] AS isp, attributes['region'] AS region, attributes['store'] AS store, version, attributes['model'] AS model,
    received AS noted
FROM posdiag.summaries
ARRAY JOIN closed AS over
WHERE schema = 'posdiag.summary/1' AND id != '' AND over.began + over.seconds <= generated_at;

-- How many machines and starts reported under an id on a day: more than one machine is a clone, or a replacement.
CREATE TABLE IF NOT EXISTS posdiag.identities
(
    day Date,
    id String,
    serial_numbers AggregateFunction(uniqExact, String),
    machine_ids AggregateFunction(uniqExact, String),
    boot_ids AggregateFunction(uniqExact, String)
)
ENGINE = AggregatingMergeTree
PARTITION BY day
ORDER BY (day, id)
TTL day + INTERVAL 30 DAY;

CREATE MATERIALIZED VIEW IF NOT EXISTS posdiag.to_identities TO posdiag.identities AS
SELECT
    toDate(toDateTime(received, 'UTC')) AS day, id,
    uniqExactState(serial_number) AS serial_numbers, uniqExactState(machine_id) AS machine_ids, uniqExactState(boot_id) AS boot_ids
FROM posdiag.summaries
WHERE schema = 'posdiag.summary/1' AND id != ''
GROUP BY day, id;

CREATE OR REPLACE VIEW posdiag.doubtful_identities AS
SELECT
    id, uniqExactMerge(identities.serial_numbers) AS serial_numbers, uniqExactMerge(identities.machine_ids) AS machine_ids,
    uniqExactMerge(identities.boot_ids) AS boot_ids
FROM posdiag.identities
GROUP BY id
HAVING serial_numbers > 1 OR machine_ids > 1;

-- Availability by day and whatever groups: SELECT day, version, sum(paying) / sum(watched) FROM posdiag.availability GROUP BY day, version
CREATE OR REPLACE VIEW posdiag.availability AS
SELECT
    day, id, machine_id, anyLast(days.isp) AS isp, anyLast(days.region) AS region, anyLast(days.store) AS store, anyLast(days.version) AS version,
    anyLast(days.model) AS model, max(ok_last) - min(ok_first) + max(degraded_last) - min(degraded_first) AS paying,
    paying + max(outage_last) - min(outage_first) AS watched, max(incidents_last) - min(incidents_first) AS incidents
FROM posdiag.days
GROUP BY day, id, machine_id;

-- How the terminals of each place are, by family of causes: what `posdiag fleet scan --from` asks first, with the
-- intervals of fleet.toml's defaults. `which` has a bit for each attribute that a row is not about; a row with all of them is
-- the whole fleet. `now`: seconds since the epoch; `heard`, of silence: the largest `received` of the silent.
-- SELECT * FROM posdiag.counts_gateway(now = toUnixTimestamp(now()))

CREATE OR REPLACE VIEW posdiag.counts_gateway AS
SELECT grouping(host) * 1 + grouping(address) * 2 + grouping(config) * 4 + grouping(isp) * 8 + grouping(region) * 16 AS which, host, address, config, isp, region, count(*) FILTER (WHERE lives) AS population, count(*) FILTER (WHERE fails) AS failing, count(*) FILTER (WHERE unpaid) AS cannot_pay_of_these, count(*) FILTER (WHERE hidden) AS not_judged
FROM (SELECT lives, fails, unpaid, hidden, host, address, config, isp, region
FROM (SELECT *, ((fresh AND cause IN ('network.gateway_blocked', 'operator.sign_in_required', 'system.gateway_certificate_expired', 'system.gateway_certificate_expiring', 'system.gateway_down', 'system.gateway_error', 'system.gateway_protocol_error', 'unknown.indeterminate')) OR (fresh AND cause = '' AND state <> 3)) AS lives, (fresh AND cause IN ('network.gateway_blocked', 'operator.sign_in_required', 'system.gateway_certificate_expired', 'system.gateway_certificate_expiring', 'system.gateway_down', 'system.gateway_error', 'system.gateway_protocol_error', 'unknown.indeterminate')) AS fails, (fresh AND cause IN ('network.gateway_blocked', 'operator.sign_in_required', 'system.gateway_certificate_expired', 'system.gateway_certificate_expiring', 'system.gateway_down', 'system.gateway_error', 'system.gateway_protocol_error', 'unknown.indeterminate')) AND can_pay = 0 AS unpaid, fresh AND NOT ((fresh AND cause IN ('network.gateway_blocked', 'operator.sign_in_required', 'system.gateway_certificate_expired', 'system.gateway_certificate_expiring', 'system.gateway_down', 'system.gateway_error', 'system.gateway_protocol_error', 'unknown.indeterminate')) OR (fresh AND cause = '' AND state <> 3)) AS hidden
FROM (SELECT *, (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AS quiet, NOT (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AND NOT stopped AS fresh
FROM posdiag.terminals_now) AS seen) AS terminals WHERE true) AS terminals
GROUP BY GROUPING SETS ((), (host), (address), (config), (isp), (region), (isp, region), (host, isp))
HAVING (count(*) FILTER (WHERE fails) >= 3 AND (grouping(host) = 1 OR host <> '') AND (grouping(address) = 1 OR address <> '') AND (grouping(config) = 1 OR config <> '') AND (grouping(isp) = 1 OR isp <> '') AND (grouping(region) = 1 OR region <> '')) OR grouping(host) * 1 + grouping(address) * 2 + grouping(config) * 4 + grouping(isp) * 8 + grouping(region) * 16 = 31;

CREATE OR REPLACE VIEW posdiag.counts_internet AS
SELECT grouping(isp) * 1 + grouping(region) * 2 + grouping(store) * 4 + grouping(uplink) * 8 + grouping(operator) * 16 + grouping(config) * 32 AS which, isp, region, store, uplink, operator, config, count(*) FILTER (WHERE lives) AS population, count(*) FILTER (WHERE fails) AS failing, count(*) FILTER (WHERE unpaid) AS cannot_pay_of_these, count(*) FILTER (WHERE hidden) AS not_judged
FROM (SELECT lives, fails, unpaid, hidden, isp, region, store, uplink, operator, config
FROM (SELECT *, ((fresh AND cause IN ('network.address_conflict', 'network.captive_portal', 'network.dhcp_failed', 'network.internet_down', 'network.link_errors', 'network.mtu_blackhole', 'network.not_registered', 'network.router_unreachable', 'network.slow', 'network.tls_intercepted', 'network.tunnel_down', 'network.unstable', 'network.weak_signal', 'operator.apn_misconfigured', 'operator.cable_unplugged', 'operator.data_plan_stopped', 'operator.wifi_not_joined')) OR (fresh AND cause = '' AND state <> 3)) AS lives, (fresh AND cause IN ('network.address_conflict', 'network.captive_portal', 'network.dhcp_failed', 'network.internet_down', 'network.link_errors', 'network.mtu_blackhole', 'network.not_registered', 'network.router_unreachable', 'network.slow', 'network.tls_intercepted', 'network.tunnel_down', 'network.unstable', 'network.weak_signal', 'operator.apn_misconfigured', 'operator.cable_unplugged', 'operator.data_plan_stopped', 'operator.wifi_not_joined')) AS fails, (fresh AND cause IN ('network.address_conflict', 'network.captive_portal', 'network.dhcp_failed', 'network.internet_down', 'network.link_errors', 'network.mtu_blackhole', 'network.not_registered', 'network.router_unreachable', 'network.slow', 'network.tls_intercepted', 'network.tunnel_down', 'network.unstable', 'network.weak_signal', 'operator.apn_misconfigured', 'operator.cable_unplugged', 'operator.data_plan_stopped', 'operator.wifi_not_joined')) AND can_pay = 0 AS unpaid, fresh AND NOT ((fresh AND cause IN ('network.address_conflict', 'network.captive_portal', 'network.dhcp_failed', 'network.internet_down', 'network.link_errors', 'network.mtu_blackhole', 'network.not_registered', 'network.router_unreachable', 'network.slow', 'network.tls_intercepted', 'network.tunnel_down', 'network.unstable', 'network.weak_signal', 'operator.apn_misconfigured', 'operator.cable_unplugged', 'operator.data_plan_stopped', 'operator.wifi_not_joined')) OR (fresh AND cause = '' AND state <> 3)) AS hidden
FROM (SELECT *, (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AS quiet, NOT (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AND NOT stopped AS fresh
FROM posdiag.terminals_now) AS seen) AS terminals WHERE true) AS terminals
GROUP BY GROUPING SETS ((), (isp), (region), (store), (uplink), (operator), (config), (isp, region), (isp, uplink))
HAVING (count(*) FILTER (WHERE fails) >= 3 AND (grouping(isp) = 1 OR isp <> '') AND (grouping(region) = 1 OR region <> '') AND (grouping(store) = 1 OR store <> '') AND (grouping(uplink) = 1 OR uplink <> '') AND (grouping(operator) = 1 OR operator <> '') AND (grouping(config) = 1 OR config <> '')) OR grouping(isp) * 1 + grouping(region) * 2 + grouping(store) * 4 + grouping(uplink) * 8 + grouping(operator) * 16 + grouping(config) * 32 = 63;

CREATE OR REPLACE VIEW posdiag.counts_names AS
SELECT grouping(resolver) * 1 + grouping(isp) * 2 + grouping(store) * 4 + grouping(region) * 8 AS which, resolver, isp, store, region, count(*) FILTER (WHERE lives) AS population, count(*) FILTER (WHERE fails) AS failing, count(*) FILTER (WHERE unpaid) AS cannot_pay_of_these, count(*) FILTER (WHERE hidden) AS not_judged
FROM (SELECT lives, fails, unpaid, hidden, resolver, isp, store, region
FROM (SELECT *, ((fresh AND cause IN ('network.dns_failing', 'network.dns_slow', 'network.dns_unreachable')) OR (fresh AND cause = '' AND state <> 3)) AS lives, (fresh AND cause IN ('network.dns_failing', 'network.dns_slow', 'network.dns_unreachable')) AS fails, (fresh AND cause IN ('network.dns_failing', 'network.dns_slow', 'network.dns_unreachable')) AND can_pay = 0 AS unpaid, fresh AND NOT ((fresh AND cause IN ('network.dns_failing', 'network.dns_slow', 'network.dns_unreachable')) OR (fresh AND cause = '' AND state <> 3)) AS hidden
FROM (SELECT *, (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AS quiet, NOT (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AND NOT stopped AS fresh
FROM posdiag.terminals_now) AS seen) AS terminals WHERE true) AS terminals
GROUP BY GROUPING SETS ((), (resolver), (isp), (store), (isp, region))
HAVING (count(*) FILTER (WHERE fails) >= 3 AND (grouping(resolver) = 1 OR resolver <> '') AND (grouping(isp) = 1 OR isp <> '') AND (grouping(store) = 1 OR store <> '') AND (grouping(region) = 1 OR region <> '')) OR grouping(resolver) * 1 + grouping(isp) * 2 + grouping(store) * 4 + grouping(region) * 8 = 15;

CREATE OR REPLACE VIEW posdiag.counts_device AS
SELECT grouping(version) * 1 + grouping(model) * 2 + grouping(firmware) * 4 + grouping(config) * 8 + grouping(store) * 16 + grouping(region) * 32 AS which, version, model, firmware, config, store, region, count(*) FILTER (WHERE lives) AS population, count(*) FILTER (WHERE fails) AS failing, count(*) FILTER (WHERE unpaid) AS cannot_pay_of_these, count(*) FILTER (WHERE hidden) AS not_judged
FROM (SELECT lives, fails, unpaid, hidden, version, model, firmware, config, store, region
FROM (SELECT *, ((fresh AND cause IN ('operator.charger_unplugged', 'operator.device_unplugged', 'operator.interface_disabled', 'operator.power_off', 'operator.radio_off', 'operator.serial_misconfigured', 'operator.sim_locked', 'operator.sim_missing', 'operator.terminal_off', 'system.battery_low', 'system.clock_wrong', 'system.cpu_overloaded', 'system.device_not_responding', 'system.disk_full', 'system.disk_read_only', 'system.local_firewall', 'system.memory_exhausted', 'system.overheating', 'system.payment_app_down', 'system.port_busy', 'system.port_driver_missing', 'system.port_permission', 'system.port_renumbered', 'system.printer_fault', 'system.sockets_exhausted', 'system.terminal_port_closed')) OR (fresh AND cause = '' AND state <> 3)) AS lives, (fresh AND cause IN ('operator.charger_unplugged', 'operator.device_unplugged', 'operator.interface_disabled', 'operator.power_off', 'operator.radio_off', 'operator.serial_misconfigured', 'operator.sim_locked', 'operator.sim_missing', 'operator.terminal_off', 'system.battery_low', 'system.clock_wrong', 'system.cpu_overloaded', 'system.device_not_responding', 'system.disk_full', 'system.disk_read_only', 'system.local_firewall', 'system.memory_exhausted', 'system.overheating', 'system.payment_app_down', 'system.port_busy', 'system.port_driver_missing', 'system.port_permission', 'system.port_renumbered', 'system.printer_fault', 'system.sockets_exhausted', 'system.terminal_port_closed')) AS fails, (fresh AND cause IN ('operator.charger_unplugged', 'operator.device_unplugged', 'operator.interface_disabled', 'operator.power_off', 'operator.radio_off', 'operator.serial_misconfigured', 'operator.sim_locked', 'operator.sim_missing', 'operator.terminal_off', 'system.battery_low', 'system.clock_wrong', 'system.cpu_overloaded', 'system.device_not_responding', 'system.disk_full', 'system.disk_read_only', 'system.local_firewall', 'system.memory_exhausted', 'system.overheating', 'system.payment_app_down', 'system.port_busy', 'system.port_driver_missing', 'system.port_permission', 'system.port_renumbered', 'system.printer_fault', 'system.sockets_exhausted', 'system.terminal_port_closed')) AND can_pay = 0 AS unpaid, fresh AND NOT ((fresh AND cause IN ('operator.charger_unplugged', 'operator.device_unplugged', 'operator.interface_disabled', 'operator.power_off', 'operator.radio_off', 'operator.serial_misconfigured', 'operator.sim_locked', 'operator.sim_missing', 'operator.terminal_off', 'system.battery_low', 'system.clock_wrong', 'system.cpu_overloaded', 'system.device_not_responding', 'system.disk_full', 'system.disk_read_only', 'system.local_firewall', 'system.memory_exhausted', 'system.overheating', 'system.payment_app_down', 'system.port_busy', 'system.port_driver_missing', 'system.port_permission', 'system.port_renumbered', 'system.printer_fault', 'system.sockets_exhausted', 'system.terminal_port_closed')) OR (fresh AND cause = '' AND state <> 3)) AS hidden
FROM (SELECT *, (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AS quiet, NOT (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AND NOT stopped AS fresh
FROM posdiag.terminals_now) AS seen) AS terminals WHERE true) AS terminals
GROUP BY GROUPING SETS ((), (version), (model), (firmware), (config), (store), (region), (version, model))
HAVING (count(*) FILTER (WHERE fails) >= 3 AND (grouping(version) = 1 OR version <> '') AND (grouping(model) = 1 OR model <> '') AND (grouping(firmware) = 1 OR firmware <> '') AND (grouping(config) = 1 OR config <> '') AND (grouping(store) = 1 OR store <> '') AND (grouping(region) = 1 OR region <> '')) OR grouping(version) * 1 + grouping(model) * 2 + grouping(firmware) * 4 + grouping(config) * 8 + grouping(store) * 16 + grouping(region) * 32 = 63;

CREATE OR REPLACE VIEW posdiag.counts_configuration AS
SELECT grouping(config) * 1 + grouping(version) * 2 + grouping(store) * 4 + grouping(host) * 8 AS which, config, version, store, host, count(*) FILTER (WHERE lives) AS population, count(*) FILTER (WHERE fails) AS failing, count(*) FILTER (WHERE unpaid) AS cannot_pay_of_these, count(*) FILTER (WHERE hidden) AS not_judged
FROM (SELECT lives, fails, unpaid, hidden, config, version, store, host
FROM (SELECT *, ((fresh AND cause IN ('operator.account_suspended', 'operator.client_certificate', 'operator.date_due', 'operator.date_passed', 'operator.debugging_not_allowed', 'operator.debugging_open', 'operator.gateway_misconfigured', 'operator.network_misconfigured', 'operator.proxy_misconfigured', 'operator.terminal_not_registered', 'operator.wifi_password', 'system.tls_incompatible', 'system.trust_store_outdated')) OR (fresh AND cause = '' AND state <> 3)) AS lives, (fresh AND cause IN ('operator.account_suspended', 'operator.client_certificate', 'operator.date_due', 'operator.date_passed', 'operator.debugging_not_allowed', 'operator.debugging_open', 'operator.gateway_misconfigured', 'operator.network_misconfigured', 'operator.proxy_misconfigured', 'operator.terminal_not_registered', 'operator.wifi_password', 'system.tls_incompatible', 'system.trust_store_outdated')) AS fails, (fresh AND cause IN ('operator.account_suspended', 'operator.client_certificate', 'operator.date_due', 'operator.date_passed', 'operator.debugging_not_allowed', 'operator.debugging_open', 'operator.gateway_misconfigured', 'operator.network_misconfigured', 'operator.proxy_misconfigured', 'operator.terminal_not_registered', 'operator.wifi_password', 'system.tls_incompatible', 'system.trust_store_outdated')) AND can_pay = 0 AS unpaid, fresh AND NOT ((fresh AND cause IN ('operator.account_suspended', 'operator.client_certificate', 'operator.date_due', 'operator.date_passed', 'operator.debugging_not_allowed', 'operator.debugging_open', 'operator.gateway_misconfigured', 'operator.network_misconfigured', 'operator.proxy_misconfigured', 'operator.terminal_not_registered', 'operator.wifi_password', 'system.tls_incompatible', 'system.trust_store_outdated')) OR (fresh AND cause = '' AND state <> 3)) AS hidden
FROM (SELECT *, (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AS quiet, NOT (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AND NOT stopped AS fresh
FROM posdiag.terminals_now) AS seen) AS terminals WHERE true) AS terminals
GROUP BY GROUPING SETS ((), (config), (version), (store), (host))
HAVING (count(*) FILTER (WHERE fails) >= 3 AND (grouping(config) = 1 OR config <> '') AND (grouping(version) = 1 OR version <> '') AND (grouping(store) = 1 OR store <> '') AND (grouping(host) = 1 OR host <> '')) OR grouping(config) * 1 + grouping(version) * 2 + grouping(store) * 4 + grouping(host) * 8 = 15;

CREATE OR REPLACE VIEW posdiag.counts_silence AS
SELECT grouping(isp) * 1 + grouping(region) * 2 + grouping(store) * 4 + grouping(uplink) * 8 + grouping(version) * 16 AS which, isp, region, store, uplink, version, count(*) FILTER (WHERE lives) AS population, count(*) FILTER (WHERE fails) AS failing, count(*) FILTER (WHERE unpaid) AS cannot_pay_of_these, count(*) FILTER (WHERE hidden) AS not_judged
FROM (SELECT lives, fails, unpaid, hidden, isp, region, store, uplink, version
FROM (SELECT *, (NOT stopped AND (quiet OR received > {heard:Int64})) AS lives, (NOT stopped AND quiet) AS fails, false AS unpaid, false AS hidden
FROM (SELECT *, (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AS quiet, NOT (({now:Int64} - received) > 2700 AND ({now:Int64} - received) > valid_until - generated AND (uplink <> 'cellular' OR ({now:Int64} - received) > 10800)) AND NOT stopped AS fresh
FROM posdiag.terminals_now) AS seen) AS terminals WHERE true) AS terminals
GROUP BY GROUPING SETS ((), (isp), (region), (store), (uplink), (version), (isp, region))
HAVING (count(*) FILTER (WHERE fails) >= 3 AND (grouping(isp) = 1 OR isp <> '') AND (grouping(region) = 1 OR region <> '') AND (grouping(store) = 1 OR store <> '') AND (grouping(uplink) = 1 OR uplink <> '') AND (grouping(version) = 1 OR version <> '')) OR grouping(isp) * 1 + grouping(region) * 2 + grouping(store) * 4 + grouping(uplink) * 8 + grouping(version) * 16 = 31;
