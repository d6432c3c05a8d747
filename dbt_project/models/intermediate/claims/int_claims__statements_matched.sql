-- One row per statement of a receiver and claim submission it speaks of; one without a submission where the 837 is not
-- here. Numbers of envelopes and batches are used again after a while, so a statement speaks of the newest submission
-- that had landed before it.

with statements as (
    select
        *,
        {{ surrogate_key(['file_id', 'segment_number', 'statement_number', 'level']) }} as statement_key,
        case level
            when 'interchange' then interchange_control_number
            when 'group' then group_control_number
            when 'transaction_set' then concat(group_control_number, '|', control_number)
            when 'named_claim' then concat(group_control_number, '|', claim_id)
            when 'batch' then batch_reference
            when 'provider' then concat(batch_reference, '|', provider_npi)
            when 'claim' then claim_id
        end as named_by
    from {{ ref('int_claims__statements') }}
),

submissions as (
    select * from {{ ref('int_claims__submissions') }}
),

-- the names by which a receiver may speak of a submission; a whole file or group is one thing, a transaction another
names as (
    select
        submission_key,
        'interchange' as level,
        interchange_control_number as named_by,
        0 as part_number,
        file_id,
        loaded_at
    from submissions

    union all

    select
        submission_key,
        'group' as level,
        group_control_number as named_by,
        0 as part_number,
        file_id,
        loaded_at
    from submissions

    union all

    select
        submission_key,
        'transaction_set' as level,
        concat(group_control_number, '|', control_number) as named_by,
        transaction_number as part_number,
        file_id,
        loaded_at
    from submissions

    union all

    select
        submission_key,
        'named_claim' as level,
        concat(group_control_number, '|', claim_id) as named_by,
        transaction_number as part_number,
        file_id,
        loaded_at
    from submissions

    union all

    select
        submission_key,
        'batch' as level,
        batch_reference as named_by,
        transaction_number as part_number,
        file_id,
        loaded_at
    from submissions

    union all

    select
        submission_key,
        'provider' as level,
        concat(batch_reference, '|', billing_provider_npi) as named_by,
        transaction_number as part_number,
        file_id,
        loaded_at
    from submissions

    union all

    select
        submission_key,
        'claim' as level,
        claim_id as named_by,
        segment_number as part_number,
        file_id,
        loaded_at
    from submissions
),

candidates as (
    select
        statements.statement_key,
        names.submission_key,
        names.file_id,
        names.part_number,
        names.loaded_at,
        names.loaded_at <= statements.loaded_at as is_before
    from statements
    inner join names
        on statements.level = names.level and statements.named_by = names.named_by
),

ranked as (
    select
        statement_key,
        submission_key,
        rank() over (
            partition by statement_key
            order by
                case when is_before then 0 else 1 end,
                loaded_at desc,
                file_id desc,
                part_number desc
        ) as nearness
    from candidates
)

select
    statements.statement_key,
    ranked.submission_key,
    coalesce(
        ranked.submission_key,
        {{ surrogate_key(['statements.file_id', 'coalesce(statements.claim_id, statements.statement_key)']) }}
    ) as rejection_key,
    statements.level,
    statements.file_id,
    statements.segment_number,
    statements.outcome,
    statements.stated_date,
    statements.stated_by,
    statements.claim_id,
    statements.charged_amount,
    statements.service_from_date,
    statements.code_set,
    statements.reason_code,
    statements.status_code,
    statements.error_segment_id,
    statements.element_position,
    statements.loaded_at
from statements
left join ranked
    on statements.statement_key = ranked.statement_key and ranked.nearness = 1
