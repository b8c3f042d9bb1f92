"""An entity whose forms have everything that a form can follow."""

OKAPI = """
entity: park
title: name
fields:
  name: {type: text}
  region: {type: choice, choices: {north: North, south: South}}
---
entity: okapi
title: name
fields:
  name: {type: text, required: true}
  park: {type: link, to: park, inverse: okapis}
  state: {type: choice, choices: {wild: Wild, tame: Tame, sold: Sold}}
  size: {type: decimal}
  price: {type: money}
  doubled: {type: formula, result: decimal, formula: size * 2}
  herd_size: {type: formula, result: integer, formula: count(park.okapis)}
  hidden_sum: {type: formula, result: integer, formula: length(ledger) + 1}
  food: {type: choice, choices: {grass: Grass, hay: Hay, leaves: Leaves}, choices_when: {hay: size >= 10, leaves: park.region == 'south'}}
  mate: {type: link, to: okapi, inverse: mates, filter: park == parent.park}
  buyer: {type: text}
  vet: {type: text}
  ledger: {type: text}
  chip: {type: text}
rules:
  sold_has_price: {when: state == 'sold', check: price > 0, message: A sold okapi has a price., field: price}
  sold_has_buyer: {when: state == 'sold', show: [buyer], require: [buyer]}
  sold_stays: {when: state == 'sold', lock: [size, food], message: It is sold.}
  wild_in_south: {when: park.region == 'south', show: [vet]}
  ledger_is_kept: {when: ledger == 'open', require: [chip], message: A chip is needed.}
---
layout: okapi_record
entity: okapi
kind: record
sections:
  - {label: Who, fields: [name, park, state, size, doubled, herd_size, hidden_sum, price, food, mate, vet]}
  - {label: Sale, when: state == 'sold', fields: [buyer]}
  - {label: Chip, when: ledger == 'open', fields: [chip]}
  - {label: Books, fields: [ledger]}
---
role: warden
grants:
  park: {read: all}
  okapi: {create: yes, read: all, update: all, fields: {ledger: none, "*": write}}
"""
