using System.Diagnostics;
using RabbitMQ.Client;

namespace TriggerConsole.Core.Amqp.Client.Publishing;

/// <summary>
/// The library's own traces of what it publishes: they name the routing key, and a template may put a secret there. Whoever listens to traces
/// must not get it, so this source of them is closed; that of consuming stays, it tells of ids alone.
/// </summary>
internal static class PublisherTraces
{
    private const string Source = "RabbitMQ.Client.Publisher";

    /// <summary>For the life of the process. No setting of the library leaves the routing key out, but a source can be closed by whoever is shown it.</summary>
    public static void Close()
    {
        // Makes the sources, if nothing has yet
        RabbitMQActivitySource.UseRoutingKeyAsOperationName = false;
        var found = new List<ActivitySource>();
        using (var listener = new ActivityListener
        {
            ShouldListenTo = source =>
            {
                if (source.Name == Source) found.Add(source);
                return false;
            },
        }) ActivitySource.AddActivityListener(listener);
        foreach (var source in found) source.Dispose();
    }
}
