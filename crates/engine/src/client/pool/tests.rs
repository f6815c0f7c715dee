use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use super::*;

/// A kit by its number.
#[derive(Debug, PartialEq, Eq)]
struct Fake(usize);

impl Kit for Fake {
    fn alive(&self) -> bool {
        true
    }
}

type Taken = JoinHandle<Result<Fake, EngineError>>;

/// A shelf that is kept full by kits which become ready when they may.
struct Filled {
    shelf: Arc<Shelf<Fake>>,
    /// How many may become ready.
    may: Arc<Semaphore>,
    /// How many have begun to start.
    begun: watch::Receiver<usize>,
    filling: JoinHandle<()>,
}

impl Filled {
    fn by(starting: usize, patience: Duration, fails: bool) -> Self {
        let shelf = Arc::new(Shelf::new(patience));
        let may = Arc::new(Semaphore::new(0));
        let (counted, begun) = watch::channel(0);
        let mut config = EngineConfig::new("kit".into(), "work".into());
        config.warm = 2;
        config.starting = starting;
        let (filled, permits) = (Arc::clone(&shelf), Arc::clone(&may));
        let filling = tokio::spawn(async move {
            let (_working, busy) = watch::channel(0);
            let ready = Arc::new(AtomicUsize::new(0));
            let start = || {
                counted.send_modify(|count| *count += 1);
                let (permits, ready) = (Arc::clone(&permits), Arc::clone(&ready));
                async move {
                    if fails {
                        return Err(EngineError::NotStarted("it fails".into()));
                    }
                    permits.acquire().await.unwrap().forget();
                    Ok(Fake(ready.fetch_add(1, Ordering::Relaxed)))
                }
            };
            keep_full(&config, &filled, busy, &mut JoinSet::new(), start).await;
        });
        Self {
            shelf,
            may,
            begun,
            filling,
        }
    }

    /// Somebody who waits, behind those before.
    async fn wait(&self) -> Taken {
        let before = self.shelf.waiting();
        let from = Arc::clone(&self.shelf);
        let taken = tokio::spawn(async move { from.take().await });
        while self.shelf.waiting() == before {
            tokio::task::yield_now().await;
        }
        taken
    }

    async fn until_begun(&mut self, count: usize) {
        self.begun.wait_for(|begun| *begun >= count).await.unwrap();
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(*self.begun.borrow(), count);
    }
}

impl Drop for Filled {
    fn drop(&mut self) {
        self.filling.abort();
    }
}

#[tokio::test]
async fn ch9_thirty_who_wait_are_served_in_their_order_by_several_at_once() {
    let mut filled = Filled::by(3, START_LIMIT, false);
    filled.until_begun(1).await;
    let mut waiting = Vec::new();
    for _ in 0..30 {
        waiting.push(filled.wait().await);
    }
    filled.until_begun(3).await;
    for (number, taken) in waiting.into_iter().enumerate() {
        filled.may.add_permits(1);
        assert_eq!(taken.await.unwrap().unwrap(), Fake(number));
        // Never more than three are under way.
        let still = 30 - number - 1;
        if still > 3 {
            filled.until_begun(number + 1 + 3).await;
        }
    }
}

#[tokio::test]
async fn those_who_wait_are_sent_away_when_nobody_is_served() {
    let filled = Filled::by(3, Duration::from_millis(50), true);
    assert!(filled.shelf.take().await.is_err());
}

#[tokio::test]
async fn one_at_a_time_is_started_for_the_shelf() {
    let mut filled = Filled::by(3, START_LIMIT, false);
    filled.until_begun(1).await;
    filled.may.add_permits(1);
    filled.until_begun(2).await;
    filled.may.add_permits(1);
    while filled.shelf.ready() < 2 {
        tokio::task::yield_now().await;
    }
    filled.until_begun(2).await;
}

#[tokio::test]
async fn whoever_gives_up_takes_nobodys_place() {
    let filled = Filled::by(1, START_LIMIT, false);
    let gone = filled.wait().await;
    gone.abort();
    assert!(gone.await.is_err());
    let (first, second) = (filled.wait().await, filled.wait().await);
    filled.may.add_permits(2);
    assert_eq!(first.await.unwrap().unwrap(), Fake(0));
    assert_eq!(second.await.unwrap().unwrap(), Fake(1));
}

#[tokio::test]
async fn ch9_there_is_an_end_of_those_who_wait() {
    let filled = Filled::by(1, START_LIMIT, false);
    let mut waiting = Vec::new();
    for _ in 0..MOST_WAITING {
        waiting.push(filled.wait().await);
    }
    assert!(filled.shelf.take().await.is_err());
}

#[tokio::test]
async fn a_start_that_never_ends_keeps_nobody_waiting_to_the_end() {
    let mut filled = Filled::by(1, Duration::from_secs(10), false);
    let waiting = filled.wait().await;
    // The first start does not end, so that another begins; no more than one stands in for it.
    filled.until_begun(2).await;
    filled.may.add_permits(1);
    assert!(waiting.await.unwrap().is_ok());
}
