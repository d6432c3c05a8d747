{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per CAS triplet with what it means: the exact group first, then any group, then the group's own default.

with adjustments as (
    select * from {{ ref('stg_era835__adjustments') }}
    where {{ only_new_files() }}
),

codes as (
    select * from {{ ref('adjustment_codes') }}
)

select
    adjustments.file_id,
    adjustments.segment_number,
    adjustments.transaction_number,
    adjustments.claim_number,
    adjustments.service_line_number,
    adjustments.adjustment_number,
    adjustments.group_code,
    adjustments.reason_code,
    adjustments.adjustment_amount,
    coalesce(exact_codes.adjustment_class, any_codes.adjustment_class, 'unknown') as adjustment_class,
    coalesce(exact_codes.account_code, any_codes.account_code) as account_code,
    coalesce(exact_codes.is_denial, any_codes.is_denial, false) as is_denial,
    adjustments.loaded_at
from adjustments
left join codes as exact_codes
    on adjustments.group_code = exact_codes.group_code and adjustments.reason_code = exact_codes.reason_code
left join codes as any_codes
    on any_codes.group_code = '*' and adjustments.reason_code = any_codes.reason_code
