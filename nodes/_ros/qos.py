"""Quality of service of each kind of wire, chosen once."""
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy


def _keep(depth: int, durability: DurabilityPolicy = DurabilityPolicy.VOLATILE) -> QoSProfile:
    return QoSProfile(depth=depth, history=HistoryPolicy.KEEP_LAST,
                      reliability=ReliabilityPolicy.RELIABLE, durability=durability)


STATE = _keep(10)      # joint_states, imu, world/truth: only the newest few matter
COMMAND = _keep(10)    # command, proposals
IMAGE = _keep(30)      # one second of pictures, so that a busy listener loses none
EVENT = _keep(100)     # rewards and statuses: each one counts
LATCHED = _keep(1, DurabilityPolicy.TRANSIENT_LOCAL)  # episode, safety/status for late listeners
LATCHED_EACH = _keep(100, DurabilityPolicy.TRANSIENT_LOCAL)  # for who must see every change
EVERYTHING = _keep(1000)  # the recorder
