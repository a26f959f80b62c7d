"""Environment variables that ROS or we read, with values that nobody could mean. Not here is what
has no wrong value: an XDG_RUNTIME_DIR that is no folder is to be passed over by its own standard,
AMENT_PREFIX_PATH may name workspaces that are gone, RCUTILS_CONSOLE_OUTPUT_FORMAT is any text."""
from __future__ import annotations

NONE = ['maybe', 'TRUE', 'yes', '-1', '2', '💥', '%s', ' ', '1 ', 'nan']
WORDS = ['nonsense', 'localhost', 'LOCALHOST,SUBNET', '../x', '💥', '%s', ' ', '3']
NUMBERS = ['abc', '-1', '1e3', ' ', '99999999999999999999999', '٣', '1.5', '0x1', '5000000']
FILES = ['/no/such.xml', '/tmp', 'relative.xml', '/dev/null', '💥', ' ', '{file}']
WRONG = {
    'ROS_DOMAIN_ID': [*NUMBERS, '233'], 'VISUOMOTOR_STARTER': NUMBERS,
    'VISUOMOTOR_EXECUTOR': ['pubilc', 'Public', '1', *NONE],
    'RMW_IMPLEMENTATION': ['rmw_nonsense_cpp', 'fastrtps', *WORDS],
    'ROS_AUTOMATIC_DISCOVERY_RANGE': WORDS, 'ROS_LOCALHOST_ONLY': NONE,
    'ROS_SECURITY_ENABLE': [*NONE, '1'], 'ROS_SECURITY_STRATEGY': ['enforce', *NONE],
    'RMW_FASTRTPS_PUBLICATION_MODE': ['sync', *WORDS], 'RMW_FASTRTPS_USE_QOS_FROM_XML': NONE,
    'RCUTILS_COLORIZED_OUTPUT': NONE, 'RCUTILS_LOGGING_USE_STDOUT': NONE,
    'RCUTILS_LOGGING_BUFFERED_STREAM': NONE,
    'FASTRTPS_DEFAULT_PROFILES_FILE': FILES, 'FASTDDS_DEFAULT_PROFILES_FILE': FILES,
    'ROS_STATIC_PEERS': ['two words', '💥', 'a' * 400, '300.1.1.1'],
    'ROS_LOG_DIR': ['/proc/nope', '/etc/passwd', '{file}'], 'ROS_HOME': ['/etc/passwd', '{file}'],
    'XDG_RUNTIME_DIR': ['/proc', '/' + 'x' * 300],
}
COMMANDS = (['up', '--robot', 'minitaur', '--task', 'walk', '--lockstep'],
            ['evaluate', 'hold', '--robot', 'minitaur', '--task', 'walk', '--episodes', '1'],
            ['node', 'driver', '-p', 'robot:=minitaur', '-p', 'task:=walk'])


def test_as_it_is_here_a_node_would_run(outcome):
    """The other two are held in test_bad_options.py."""
    code, _, said = outcome(COMMANDS[2])
    assert code == -1, said


def test_an_environment_that_nobody_could_mean_is_refused(rng, tmp_path, monkeypatch, faults):
    name = str(rng.choice(sorted(WRONG)))
    (tmp_path / 'bad.xml').write_text('<dds><profiles>')
    value = str(rng.choice(WRONG[name])).replace('{file}', str(tmp_path / 'bad.xml'))
    monkeypatch.setenv(name, value)
    words = COMMANDS[rng.integers(len(COMMANDS))]
    assert faults(words) == '', f'{name}={value} {words[0]}'
