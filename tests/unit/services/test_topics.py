"""What the topics module takes from the contract, without a broker."""

from services.topics import Topic, _differences, load_topics


def test_the_topics_are_those_of_the_contract() -> None:
    topics = {topic.name: topic for topic in load_topics()}
    assert topics["facts"].partitions == 12
    assert topics["facts"].config["retention.ms"] == "-1"
    assert topics["hub.tallies"].partitions == topics["hub.cases"].partitions == topics["facts"].partitions


def test_the_order_in_a_list_of_policies_is_no_difference() -> None:
    topic = Topic("letters", 1, {"cleanup.policy": "compact,delete"})
    assert _differences("letters", topic, 1, {"cleanup.policy": "delete,compact"}) == []
    assert _differences("letters", topic, 2, {"cleanup.policy": "compact"}) == [
        "topic letters: 2 partitions, the contract says 1; copy the topic",
        "topic letters: cleanup.policy is compact, the contract says compact,delete; alter its configuration",
    ]
