{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per remittance line that is booked and no reversal: whether it is the payer's first answer to the line as it was
-- billed. Landing order decides, so that a later answer never changes what an earlier one was.

with lines as (
    select
        remittance_lines.remittance_line_key,
        remittance_lines.file_id,
        remittance_lines.billed_line_key,
        claims.arrival_key
    from {{ ref('int_remittances__lines_unioned') }} as remittance_lines
    inner join {{ ref('int_remittances__claims_classified') }} as claims
        on {{ agree('remittance_lines', 'claims', ['file_id', 'transaction_number', 'claim_number']) }}
    where
        not claims.is_reversal
        and claims.disposition = 'proposed'
        and {{ only_new_files('remittance_lines.file_id') }}
),

-- of this run, and the first of earlier runs to the same lines
arrivals as (
    select
        remittance_line_key,
        billed_line_key,
        arrival_key
    from lines

    {% if is_incremental() %}
        union all

        select
            remittance_line_key,
            billed_line_key,
            arrival_key
        from {{ this }}
        where is_first_remittance and billed_line_key in (select lines.billed_line_key from lines)
    {% endif %}
),

arrival_order as (
    select
        remittance_line_key,
        rank() over (partition by billed_line_key order by arrival_key) as arrival_number
    from arrivals
)

select
    lines.remittance_line_key,
    lines.file_id,
    lines.billed_line_key,
    lines.arrival_key,
    arrival_order.arrival_number = 1 as is_first_remittance
from lines
inner join arrival_order on lines.remittance_line_key = arrival_order.remittance_line_key
