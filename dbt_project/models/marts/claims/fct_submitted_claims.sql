-- One row per claim as it was sent in an 837, with what receivers and payers have said about it so far.

with submissions as (
    select * from {{ ref('int_claims__submissions') }}
),

statements as (
    select
        submission_key,
        min(stated_date) as acknowledged_date,
        max(case when outcome in ('rejected', 'not_found') then 1 else 0 end) as is_rejected,
        -- a file that was taken says nothing about a claim in it; a transaction set or a claim does
        max(
            case
                when
                    level in ('claim', 'transaction_set')
                    and outcome not in ('rejected', 'not_found', 'error')
                    then 1
                else 0
            end
        ) as is_accepted
    from {{ ref('int_claims__statements_matched') }}
    where submission_key is not null
    group by submission_key
),

remittances as (
    select
        claim_id,
        min(posting_date) as remitted_date
    from {{ ref('fct_remittance_lines') }}
    group by claim_id
)

select
    submissions.submission_key as claim_submission_key,
    submissions.file_id,
    submissions.segment_number,
    submissions.claim_id,
    submissions.claim_type,
    submissions.frequency_code,
    submissions.payer_responsibility_code,
    submissions.payer_id,
    submissions.payer_name,
    submissions.rendering_provider_id,
    submissions.service_from_date,
    submissions.submitted_date,
    {{ first_of_month('submissions.submitted_date') }} as submitted_month,
    cast(submissions.submission_number as bigint) as submission_number,
    {{ money('submissions.charged_amount') }} as charged_amount,
    cast({{ days_between('submissions.service_from_date', 'submissions.submitted_date') }} as bigint) as billing_lag_days,
    case
        when statements.is_rejected = 1 then 'rejected'
        when statements.is_accepted = 1 then 'accepted'
        else 'unacknowledged'
    end as acknowledgement_status,
    statements.acknowledged_date,
    case when remittances.remitted_date >= submissions.submitted_date then remittances.remitted_date end as remitted_date,
    submissions.loaded_at
from submissions
left join statements on submissions.submission_key = statements.submission_key
left join remittances on submissions.claim_id = remittances.claim_id
