use super::*;
use crate::rights::ViewRights;

fn key(view: i32) -> Call {
    let input = Input::Key { char: 97, code: 0 };
    Call::Input { view, input }
}

fn text(view: i32, text: &str) -> Call {
    let input = Input::Text { text: text.into() };
    Call::Input { view, input }
}

fn mouse(view: i32, action: MouseAction, x: i32) -> Call {
    let input = Input::Mouse {
        action,
        x,
        y: 0,
        count: 1,
        buttons: 1,
        modifiers: 0,
    };
    Call::Input { view, input }
}

fn save() -> Call {
    Call::Save {
        name: "out".into(),
        format: "odt".into(),
        options: String::new(),
    }
}

fn paint(view: i32) -> Call {
    Call::Paint(Paint {
        view,
        slot: 0,
        part: 0,
        pixels: 256,
        twips: 3840,
        x: 0,
        y: 0,
    })
}

/// A queue of these, numbered from 1, all asked at once; and that moment.
fn queue(calls: Vec<Call>) -> (Queue, Instant) {
    let now = Instant::now();
    let mut queue = Queue::default();
    for (id, call) in (1..).zip(calls) {
        queue.push(Request { id, call }, now);
    }
    (queue, now)
}

fn at(now: Instant, merges: &dyn Fn(i32) -> bool) -> Moment<'_> {
    Moment {
        now,
        nested: false,
        paints: true,
        merges,
    }
}

/// The numbers in the order in which they are done.
fn order(queue: &mut Queue, now: Instant) -> Vec<u64> {
    let turns = std::iter::from_fn(|| queue.next(at(now, &|_| false)));
    turns
        .flat_map(|turn| match turn {
            Turn::Request(request, with) => [with, vec![request.id]].concat(),
            Turn::Paint(id, _) => vec![id],
        })
        .collect()
}

#[test]
fn l3_views_are_served_in_turn_and_each_in_its_order() {
    let (mut queue, now) = queue(vec![key(7), key(7), key(7), key(7), key(2), key(2), key(9)]);
    assert_eq!(order(&mut queue, now), [5, 1, 7, 6, 2, 3, 4]);
    assert!(queue.is_empty());
}

#[test]
fn l3_a_key_waits_for_one_of_a_thousand_inputs_of_another_view() {
    let mut calls: Vec<_> = (0..1000).map(|_| key(1)).collect();
    calls.push(key(2));
    let (mut queue, now) = queue(calls);
    let place = order(&mut queue, now).iter().position(|id| *id == 1001);
    assert!(place.is_some_and(|place| place <= 1), "{place:?}");
}

#[test]
fn l3_the_rights_and_the_end_of_a_view_stay_in_its_order() {
    let rights = ViewRights::view();
    let set = Call::SetRights { view: 1, rights };
    let ask = Call::Selection { view: 1 };
    let end = Call::DestroyView { view: 1 };
    let (mut queue, now) = queue(vec![key(1), set, key(1), ask, end]);
    assert_eq!(order(&mut queue, now), [1, 2, 3, 4, 5]);
}

#[test]
fn l3_a_save_has_what_was_asked_before_it_and_goes_before_what_comes_after() {
    let (mut queue, now) = queue(vec![key(1), key(1), key(2), save(), key(2), key(3), key(1)]);
    let order = order(&mut queue, now);
    let place = order.iter().position(|id| *id == 4).unwrap();
    let mut before = order[..place].to_vec();
    before.sort_unstable();
    assert_eq!(before, [1, 2, 3], "{order:?}");
}

#[test]
fn l3_a_save_waits_for_costly_inputs_for_a_limited_time() {
    let (mut queue, now) = queue(vec![key(1), key(1), save(), key(2)]);
    let merges = |_| false;
    let Some(Turn::Request(first, _)) = queue.next(at(now, &merges)) else {
        panic!("there is work");
    };
    assert_eq!(first.id, 1);
    assert_eq!(order(&mut queue, now + SAVING_WAITS), [3, 4, 2]);
}

#[test]
fn l3_painting_comes_last_but_not_never() {
    let (mut queue, now) = queue(vec![paint(1), paint(1), key(1), key(1)]);
    assert_eq!(order(&mut queue, now), [3, 4, 1, 2]);
    let (mut queue, now) = super::tests::queue(vec![paint(1), paint(1), key(1), key(1)]);
    // Both have waited for long: they take turns with what comes before them.
    assert_eq!(order(&mut queue, now + PAINTING_WAITS), [1, 3, 2, 4]);
}

#[test]
fn ch10_no_view_ends_in_the_middle_of_something() {
    let end = Call::DestroyView { view: 1 };
    let (mut queue, now) = queue(vec![end, paint(2), key(2)]);
    let merges = |_| false;
    let nested = Moment {
        nested: true,
        paints: false,
        ..at(now, &merges)
    };
    assert!(matches!(queue.next(nested), Some(Turn::Request(request, _)) if request.id == 3));
    assert!(queue.next(nested).is_none());
    assert_eq!(order(&mut queue, now), [1, 2]);
}

#[test]
fn moves_of_the_mouse_and_texts_are_put_together() {
    let (mut queue, now) = queue(vec![
        mouse(1, MouseAction::Move, 1),
        mouse(1, MouseAction::Move, 2),
        mouse(1, MouseAction::Up, 3),
        mouse(1, MouseAction::Move, 4),
        text(1, "a"),
        text(1, "b"),
        key(1),
        text(1, "c"),
        text(1, &"d".repeat(LONGEST_TEXT)),
    ]);
    let done: Vec<_> = std::iter::from_fn(|| queue.next(at(now, &|_| true)))
        .map(|turn| match turn {
            Turn::Request(request, with) => (request, with),
            Turn::Paint(..) => panic!("nothing is painted"),
        })
        .collect();
    let numbers: Vec<_> = done
        .iter()
        .map(|(request, with)| (request.id, &**with))
        .collect();
    assert_eq!(
        numbers,
        [
            (2, &[1][..]),
            (3, &[]),
            (4, &[]),
            (6, &[5]),
            (7, &[]),
            (8, &[]),
            (9, &[])
        ]
    );
    let inputs: Vec<_> = done
        .iter()
        .map(|(request, _)| match &request.call {
            Call::Input { input, .. } => input,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(matches!(inputs[0], Input::Mouse { x: 2, .. }));
    assert!(matches!(inputs[3], Input::Text { text } if text == "ab"));
}

#[test]
fn a_save_is_not_mixed_into_texts_that_are_put_together() {
    let (mut queue, now) = queue(vec![text(1, "a"), save(), text(1, "b")]);
    let first = queue.next(at(now, &|_| true));
    assert!(
        matches!(first, Some(Turn::Request(request, with)) if request.id == 1 && with.is_empty())
    );
    assert_eq!(order(&mut queue, now), [2, 3]);
}

#[test]
fn l3_those_who_come_and_go_hold_up_neither_a_key_nor_a_save() {
    let new = || Call::CreateView {
        author: "Ann".into(),
        lang: "en".into(),
        rights: ViewRights::view(),
    };
    let mut calls: Vec<_> = (0..1000).map(|_| new()).collect();
    calls.extend([key(1), key(1), key(1)]);
    let (mut queue, now) = queue(calls);
    let merges = |_| false;
    assert!(queue.next(at(now, &merges)).is_some());
    queue.push(
        Request {
            id: 2000,
            call: save(),
        },
        now,
    );
    let later = now + SAVING_WAITS;
    assert!(matches!(queue.next(at(later, &merges)), Some(Turn::Request(it, _)) if it.id == 2000));
    let order = order(&mut queue, now);
    let place = order.iter().position(|id| *id == 1003).unwrap();
    assert!(place <= 6, "{place}");
}
