"""Laws that hold for every policy: checked on generated texts, facts and days."""
