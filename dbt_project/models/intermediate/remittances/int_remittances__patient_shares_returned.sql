{{ config(materialized='incremental', unique_key='file_id', incremental_strategy='delete+insert') }}

-- One row per remittance line that is booked: what it leaves to the patient, and what it returns of the share an earlier
-- payer left. A secondary answers for the share the primary left to the patient: it comes back whole, and what the
-- secondary in turn leaves moves anew. Each share comes back once. A reversal counts where its original was booked.

with adjustments as (
    select * from {{ ref('int_remittances__line_adjustments_summed') }}
    where {{ only_new_files() }}
),

lines as (
    select
        remittance_lines.remittance_line_key,
        remittance_lines.file_id,
        remittance_lines.service_key,
        claims.arrival_key,
        claims.is_secondary,
        coalesce(adjustments.patient_amount, 0) as patient_amount
    from {{ ref('int_remittances__lines_unioned') }} as remittance_lines
    inner join {{ ref('int_remittances__claims_classified') }} as claims
        on {{ agree('remittance_lines', 'claims', ['file_id', 'transaction_number', 'claim_number']) }}
    left join adjustments on remittance_lines.remittance_line_key = adjustments.remittance_line_key
    where
        claims.disposition = 'proposed'
        and (claims.is_original_found or not claims.is_reversal)
        and {{ only_new_files('remittance_lines.file_id') }}
),

-- in landing order: of this run, and of earlier runs for the same services
shares as (
    select
        remittance_line_key,
        service_key,
        arrival_key,
        is_secondary,
        patient_amount
    from lines

    {% if is_incremental() %}
        union all

        select
            remittance_line_key,
            service_key,
            arrival_key,
            is_secondary,
            patient_amount
        from {{ this }}
        where service_key in (select lines.service_key from lines)
    {% endif %}
),

shares_before as (
    select
        remittance_line_key,
        service_key,
        arrival_key,
        is_secondary,
        coalesce(
            sum(patient_amount) over (
                partition by service_key order by arrival_key, remittance_line_key
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as patient_amount_before
    from shares
),

returned_shares as (
    select
        remittance_line_key,
        patient_amount_before - coalesce(
            lag(patient_amount_before) over (partition by service_key order by arrival_key, remittance_line_key), 0
        ) as returned_patient_amount
    from shares_before
    where is_secondary
)

select
    lines.remittance_line_key,
    lines.file_id,
    lines.service_key,
    lines.arrival_key,
    lines.is_secondary,
    {{ money('lines.patient_amount') }} as patient_amount,
    {{ money('coalesce(returned_shares.returned_patient_amount, 0)') }} as returned_patient_amount
from lines
left join returned_shares on lines.remittance_line_key = returned_shares.remittance_line_key
