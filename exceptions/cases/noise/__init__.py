"""A month of freight that never was, to measure how much of what a tower opens is worth opening.

Two layers that know nothing of each other: what physically happens (journeys with incidents), and what the parties say
of it (words, with all the faults of their channels). Nothing here imports detection, and no threshold of detection
stands here. Pure: a seed gives the same month, byte for byte.

**What is true.** A perfect observer stands beside the freight. They know at every instant where it is, what becomes of
it if nothing else happens, what was promised, and which word each party owes by its own custom. They open one case for
each thing that went wrong and that somebody has to act on or answer for, and no second one while it is the same thing:

- *Late delivery*: the freight reaches its receiver more than half an hour after the promise in force (what was agreed
  anew counts, not what was agreed first); or something happens that would make it so late, the danger lasts two hours
  or more and some party speaks of it meanwhile, even if the time is made up afterwards. A truck that is late is one
  thing, however many shipments it carries.
- *Late pickup*: collected more than an hour after its window.
- *Silence*: freight is on its way and a party that reports on this lane says nothing for at least three times as long as
  the longest pause it makes when all is well. No news from a party that never gives any is not silence. Where the
  freight is late as well, silence and lateness are one thing.
- *What was seen*: damage, loss, shortage, overage, refusal, a failed attempt, a wrong seal, freight off its route, a
  temperature outside the band for half an hour or more, a hold that lasts longer than two hours, a rolled booking, a refused or unanswered tender, a vessel that leaves a day late, a missed cut-off, a box not fetched
  two days before its free time ends or kept at all beyond it, a truck kept four hours or more at a dock, a document not
  there when it was due, a charge that nobody agreed to, stock or supply missing for an order that needs it, a hold on an
  order, a customer who wants something changed. Several parties who report the same
  thing report one thing.

**What is arguable.** Some things two careful observers would decide differently: a delivery late by less than half an
hour, a collection late by less than an hour, a danger that passed within two hours or that nobody mentioned, a pause
longer than any usual one but less than three times as long, a box not fetched two to four days before its free time
ends, a word on an arrival or a collection that came four
hours or more after the promise though it was in time, a tracker that is dark while the reefer's unit speaks, lateness that only follows from a failed attempt. A case about
one of these counts neither for nor against, and none is missed.

**What is noise.** Everything else that is said: repeats, old words sent again, words overtaken by later ones, estimates
that wander, delays within the slack, clocks read in the wrong zone and put right later, sources that contradict each
other, holds of minutes, miscounts, rumours, door openings, positions after arrival, parties that keep silent by custom.
A case about these is a false one. So is a second case about one true thing.
"""

from exceptions.cases.noise.month import Month, generate
from exceptions.cases.noise.scoring import Opened, Score, judge
from exceptions.cases.noise.world import Delivery, Truth

__all__ = ["Delivery", "Month", "Opened", "Score", "Truth", "generate", "judge"]
