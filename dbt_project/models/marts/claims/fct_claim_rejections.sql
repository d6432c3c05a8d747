-- One row per claim that a receiver refused before any payer decided on it: it never reached the payer, and no
-- remittance will ever name it. A refused batch whose 837 is not here is one row without a claim. The closest
-- statement counts: of the claim, else of its transaction, group or file.

with statements as (
    select * from {{ ref('int_claims__statements_matched') }}
    where outcome in ('rejected', 'not_found')
),

submissions as (
    select * from {{ ref('int_claims__submissions') }}
),

reasons as (
    select * from {{ ref('acknowledgement_reasons') }}
),

remittances as (
    select
        claim_id,
        max(posting_date) as remitted_date
    from {{ ref('fct_remittance_lines') }}
    group by claim_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by rejection_key
            order by
                case level
                    when 'claim' then 1
                    when 'named_claim' then 2
                    when 'transaction_set' then 3
                    when 'provider' then 4
                    when 'batch' then 5
                    when 'group' then 6
                    else 7
                end,
                loaded_at,
                file_id,
                segment_number
        ) as precedence,
        count(*) over (partition by rejection_key) as statement_count
    from statements
),

rejected as (
    select
        ranked.*,
        coalesce(submissions.claim_id, ranked.claim_id) as rejected_claim_id,
        submissions.payer_responsibility_code,
        submissions.submission_number
    from ranked
    left join submissions on ranked.submission_key = submissions.submission_key
    where ranked.precedence = 1
),

-- the next time the same claim was sent to the same payer's turn
resubmissions as (
    select
        rejected.rejection_key,
        min(submissions.submitted_date) as resubmitted_date
    from rejected
    inner join submissions
        on rejected.rejected_claim_id = submissions.claim_id
        and rejected.loaded_at < submissions.loaded_at
        and (
            rejected.payer_responsibility_code is null
            or rejected.payer_responsibility_code = submissions.payer_responsibility_code
        )
    group by rejected.rejection_key
)

select
    rejected.rejection_key as claim_rejection_key,
    rejected.file_id,
    rejected.segment_number,
    rejected.rejected_claim_id as claim_id,
    rejected.submission_key as claim_submission_key,
    case when rejected.level = 'named_claim' then 'claim' else rejected.level end as rejection_level,
    rejected.stated_date as rejected_date,
    rejected.stated_by as rejected_by,
    rejected.code_set,
    rejected.reason_code,
    rejected.status_code,
    rejected.error_segment_id,
    rejected.element_position,
    coalesce(reasons.reason, 'The receiver refused it and gave no reason that is known here') as reason,
    coalesce(reasons.what_to_do, 'Ask the receiver why, and send the claim again') as what_to_do,
    cast(rejected.statement_count as bigint) as statement_count,
    submissions.claim_type,
    submissions.payer_id,
    submissions.payer_name,
    submissions.rendering_provider_id,
    submissions.submitted_date,
    coalesce(submissions.service_from_date, rejected.service_from_date) as service_from_date,
    {{ money('coalesce(submissions.charged_amount, rejected.charged_amount)') }} as charged_amount,
    cast({{ days_between('coalesce(submissions.service_from_date, rejected.service_from_date)', 'rejected.stated_date') }} as bigint)
        as days_since_service,
    resubmissions.resubmitted_date,
    case when remittances.remitted_date >= rejected.stated_date then remittances.remitted_date end as remitted_date,
    (
        resubmissions.rejection_key is null
        and not coalesce(remittances.remitted_date >= rejected.stated_date, false)
    ) as is_open,
    rejected.loaded_at
from rejected
left join submissions on rejected.submission_key = submissions.submission_key
left join reasons on rejected.code_set = reasons.code_set and rejected.reason_code = reasons.code
left join resubmissions on rejected.rejection_key = resubmissions.rejection_key
left join remittances on rejected.rejected_claim_id = remittances.claim_id
