//! Finds circles in a directed graph.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The nodes, with those each of them leads to.
pub(super) type Graph<'n> = BTreeMap<&'n str, BTreeSet<&'n str>>;

/// Returns circles that together touch every node on a circle: for each such node the shortest through it, unless it is
/// on an earlier one.
pub(super) fn circles<'n>(graph: &Graph<'n>) -> Vec<Vec<&'n str>> {
    let mut shortest: Vec<Vec<&str>> = graph
        .keys()
        .filter_map(|node| through(graph, node))
        .collect();
    shortest.sort_by_key(Vec::len);
    let mut covered = BTreeSet::new();
    shortest.retain(|circle| {
        let is_new = circle.iter().any(|node| !covered.contains(node));
        covered.extend(circle.iter().copied());
        is_new
    });
    shortest
}

/// Returns the shortest circle through a node, beginning and not ending with it.
fn through<'n>(graph: &Graph<'n>, start: &'n str) -> Option<Vec<&'n str>> {
    let mut came_from: BTreeMap<&str, &'n str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for next in graph.get(node).into_iter().flatten() {
            if *next == start {
                let mut circle = vec![node];
                while let Some(before) = circle.last().and_then(|last| came_from.get(last)) {
                    circle.push(before);
                }
                circle.reverse();
                return Some(circle);
            }
            if !came_from.contains_key(next) {
                came_from.insert(next, node);
                queue.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&'static str, &'static str)]) -> Graph<'static> {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry(from).or_default().insert(to);
        }
        graph
    }

    #[test]
    fn a_graph_without_circles_has_none() {
        assert!(circles(&graph(&[("a", "b"), ("b", "c"), ("a", "c")])).is_empty());
    }

    #[test]
    fn the_shortest_circle_through_each_node_is_found_once() {
        let found = circles(&graph(&[
            ("a", "b"),
            ("b", "a"),
            ("b", "c"),
            ("c", "d"),
            ("d", "b"),
        ]));
        assert_eq!(found, [vec!["a", "b"], vec!["c", "d", "b"]]);
    }
}
