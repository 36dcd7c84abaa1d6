using System.Net.Sockets;

namespace TriggerConsole.Core.Amqp.Client.Transports;

/// <summary>
/// The network as the library sees it: what comes in has passed the <see cref="FrameGuard"/>, what goes out is gathered into few
/// large writes (<see cref="OutBuffer"/>). It is a <see cref="NetworkStream"/> only because the library asks for one; the dialled
/// stream may be TLS.
/// </summary>
/// <param name="transport">Owned from here on.</param>
/// <param name="guard">Null: everything passes. Only for the test that shows what would happen then.</param>
internal sealed partial class AmqpStream(AmqpTransport transport, FrameGuard? guard, TimeProvider time) : NetworkStream(transport.Socket, ownsSocket: false)
{
    private readonly Lock _lock = new();
    private Exception? _fault;
    private volatile bool _isEnded;

    /// <summary>Called once, when nothing more can be read or written; from any thread.</summary>
    public Action? Ended { get; set; }

    /// <summary>Why it ended by itself: a violation, a failure of the network, <see cref="EndOfStreamException"/>. Null while it has not, and after an <see cref="Abort"/>.</summary>
    public Exception? Fault
    {
        get { lock (_lock) return _fault; }
    }

    public bool IsEnded => _isEnded;

    /// <summary>Timestamp of the last whole frame; bytes that drip are no sign of life.</summary>
    public long LastHeard => Volatile.Read(ref _lastHeard);

    // The library sets them; deadlines are kept elsewhere
    public override int ReadTimeout { get; set; }

    public override int WriteTimeout { get; set; }

    /// <summary>
    /// Cuts the connection at once. Reading fails from here on, but writing goes nowhere without a word: the library waits for its
    /// writers to come through before it notices anything else, and would wait for ever.
    /// </summary>
    public void Abort() => End(null);

    private void End(Exception? fault)
    {
        lock (_lock)
        {
            if (_isEnded) return;
            _isEnded = true;
            _fault = fault;
        }
        // The socket first: what waits on it comes back, whatever lies above it
        transport.Socket.Dispose();
        transport.Stream.Dispose();
        _out.Close();
        Ended?.Invoke();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Abort();
        base.Dispose(disposing);
    }
}
