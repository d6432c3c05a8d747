{{ config(materialized='view') }}

-- One row per claim whose charges name no payer, with the one payer that is known besides: the primary payer of the claim
-- as it was submitted (837), else the payer of what was booked of it (835). A claim with two is not there: which of them
-- owes cannot be told. Reports by payer read it; entries stay as they were posted, because a later file tells it.

with unnamed as (
    select distinct claim_id
    from {{ ref('receivables_activity') }}
    where payer_id = 'UNKNOWN' and claim_id is not null
),

told as (
    select
        claim_id,
        payer_id,
        1 as priority
    from {{ ref('int_claims__submissions') }}
    where payer_responsibility_code = 'P' and payer_id is not null

    union all

    select
        claim_id,
        payer_id,
        2 as priority
    from {{ ref('receivables_activity') }}
    where bucket = 'insurance' and payer_id <> 'UNKNOWN' and claim_id is not null
),

ranked as (
    select
        told.claim_id,
        told.payer_id,
        dense_rank() over (partition by told.claim_id order by told.priority) as payer_rank
    from told
    inner join unnamed on told.claim_id = unnamed.claim_id
)

select
    claim_id,
    min(payer_id) as payer_id
from ranked
where payer_rank = 1
group by claim_id
having count(distinct payer_id) = 1
