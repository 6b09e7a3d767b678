using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace FlywheelDicom.Cmdlets;

/// <summary>
/// What the module keeps for one runspace: its connection with Flywheel and the receivers that it started. Runspaces share a process,
/// and one must not change another. The state ends with its runspace, or when the module is removed there.
/// </summary>
internal sealed class ModuleState
{
    private static readonly object s_lock = new();
    private static readonly ConditionalWeakTable<Runspace, ModuleState> s_states = [];

    private FlywheelConnection? _connection;

    private ModuleState(Runspace runspace) => runspace.StateChanged += (_, e) =>
    {
        if (e.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken)
            Clear();
    };

    /// <summary>The state of the runspace whose pipeline thread calls.</summary>
    public static ModuleState Current => s_states.GetValue(Runspace.DefaultRunspace, r => new ModuleState(r));

    public ReceiverList Receivers { get; } = new();

    /// <summary>The instance that the runspace is connected to; null where there is none.</summary>
    public FwInstance? Instance
    {
        get
        {
            lock (s_lock)
                return _connection?.Instance;
        }
    }

    /// <summary>The connection, to be released by who has used it; null where there is none.</summary>
    public FlywheelConnection? Use()
    {
        lock (s_lock)
        {
            _connection?.Retain();
            return _connection;
        }
    }

    /// <summary>For pipelines that start from now on. One that runs keeps the connection that it has.</summary>
    public void Connect(FlywheelConnection? connection)
    {
        FlywheelConnection? previous;
        lock (s_lock)
            (previous, _connection) = (_connection, connection);
        previous?.Release();
    }

    /// <summary>
    /// The module came into a runspace, such as one of ForEach-Object -Parallel: it begins with the connection that the process has,
    /// the latest where several are for one user of one instance. Where they are not, nobody can know which is meant: none is taken.
    /// </summary>
    public void Begin()
    {
        lock (s_lock)
        {
            if (_connection is not null)
                return;
            var others = s_states.Select(s => s.Value._connection).OfType<FlywheelConnection>().OrderByDescending(c => c.Made).ToList();
            if (others.Count == 0 || others.Any(o => (o.Instance.BaseUri, o.Instance.UserId) != (others[0].Instance.BaseUri, others[0].Instance.UserId)))
                return;
            others[0].Retain();
            _connection = others[0];
        }
    }

    /// <summary>The module is removed, or the runspace closes.</summary>
    public void Clear()
    {
        Connect(null);
        Receivers.StopAll();
    }
}
