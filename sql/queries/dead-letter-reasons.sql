-- Why inputs were refused, the most frequent reason first.
SELECT
  pipeline,
  reason,
  dead_letters
FROM dead_letter_reasons
ORDER BY dead_letters DESC;
