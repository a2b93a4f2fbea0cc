/** The list of cities found: a listbox that is steered from the search field. */
import type { City } from './engine.ts';
import { fold } from './fold.ts';
import { country, element, people } from './words.ts';

export interface Results {
  show(cities: readonly City[], query: string): void;
}

/** `onChoose` hears of a city that was clicked, or chosen with the arrow keys and Enter. */
export function createResults(field: HTMLInputElement, list: HTMLElement, onChoose: (city: City) => void): Results {
  let shown: readonly City[] = [];
  let active = -1;

  function activate(place: number): void {
    active = place;
    [...list.children].forEach((option, at) => option.setAttribute('aria-selected', String(at === active)));
    if (active < 0) field.removeAttribute('aria-activedescendant');
    else field.setAttribute('aria-activedescendant', list.children[active]!.id);
  }

  function choose(place: number): void {
    activate(place);
    const city = shown[place];
    if (city) onChoose(city);
  }

  field.addEventListener('keydown', (event) => {
    const last = shown.length - 1;
    if (event.key === 'ArrowDown') activate(active < last ? active + 1 : Math.min(0, last));
    else if (event.key === 'ArrowUp') activate(active > 0 ? active - 1 : last);
    else if (event.key === 'Enter') choose(Math.max(0, active));
    else return;
    event.preventDefault();
  });
  // On pointer down the field would lose the focus, and the keys their meaning.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const option = (event.target as Element).closest('[role=option]');
    if (option) choose([...list.children].indexOf(option));
  });

  return {
    show(cities, query) {
      shown = cities;
      list.replaceChildren(...cities.map((city, place) => option(city, place, query)));
      field.setAttribute('aria-expanded', String(cities.length > 0));
      activate(-1);
    },
  };
}

function option(city: City, place: number, query: string): HTMLLIElement {
  const names = element('span', 'names', marked(city.name, query), element('small', '', country(city.country)));
  const item = element('li', '', names, element('span', 'people', people(city.population)));
  if (city.capital) names.firstElementChild!.append(element('span', 'capital', ' capital'));
  item.id = `result-${place}`;
  item.role = 'option';
  return item;
}

/** The name with the part that was searched for set off: letter by letter, because folding may change the length. */
function marked(name: string, query: string): HTMLElement {
  const text = fold(query);
  for (let from = 0; from < name.length && text; from++) {
    if (fold(name[from]!) === '') continue;
    for (let to = from + 1; to <= name.length; to++) {
      const part = fold(name.slice(from, to));
      if (part === text) {
        return element('b', '', name.slice(0, from), element('mark', '', name.slice(from, to)), name.slice(to));
      }
      if (!text.startsWith(part)) break;
    }
  }
  return element('b', '', name);
}
