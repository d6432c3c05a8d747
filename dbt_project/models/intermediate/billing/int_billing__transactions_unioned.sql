{{ config(materialized='view') }}

-- One row per ledger transaction of every billing source. A new source stages its transactions with the macro
-- `ledger_transactions` and adds one line here, one in SOURCES of resources/control.py and one in sources() of
-- defs/ingest/raw.py.

select * from {{ ref('stg_ehr__transactions') }}
union all
select * from {{ ref('int_billing__fhir_transactions') }}
union all
select * from {{ ref('stg_billing_api__transactions') }}
union all
select * from {{ ref('int_billing__hl7_transactions') }}
