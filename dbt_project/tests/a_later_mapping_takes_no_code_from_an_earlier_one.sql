{{
    config(meta={
        'description':
            'A row of a later mapping version may only map what no earlier row maps: else charges that were ' ~
            'posted by the earlier one would be proposed a second time, under the event of the later.',
    })
}}

select
    later.priority as later_priority,
    earlier.priority as earlier_priority
from {{ ref('procedure_categories') }} as later
inner join {{ ref('procedure_categories') }} as earlier
    on later.mapping_version > earlier.mapping_version
    and later.code_from <= earlier.code_to
    and later.code_to >= earlier.code_from
    and coalesce(later.last_character, '') = coalesce(earlier.last_character, '')
