using System.Text;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Templates.Rendering;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Brokers;

/// <summary>The payload of a trigger's messages made ready: always the same, the event as it came, or a template.</summary>
internal sealed class MessagePayload
{
    private readonly MessageFormat? _format;
    private readonly Template? _template;
    private readonly byte[]? _constant;
    private readonly bool _passesEventOn;

    /// <param name="body">Null: the event as it came.</param>
    /// <param name="template">Of the body, compiled.</param>
    public MessagePayload(MessageBody? body, Template? template, TemplateRules rules)
    {
        _format = body?.Format;
        _template = template;
        _constant = template is { IsConstant: true } ? Encoding.UTF8.GetBytes(template.RenderText(TextPart.EmptyScope(rules))) : null;
        _passesEventOn = body is null || template is { IsPassthrough: true };
    }

    /// <summary>The usual content type of the format, or the event's own; null for none that could be sent.</summary>
    public string? ContentTypeOf(AttemptContext context)
    {
        if (_format is { } format) return MessageBody.ContentTypeOf(format);
        return context.Event.Stored.ContentType is { Length: > 0 } type && !type.Any(char.IsControl) ? type : null;
    }

    /// <exception cref="TemplateException">The event lacks what the template needs.</exception>
    /// <exception cref="MessageException">The event that goes on as it came is not of the body's format.</exception>
    public byte[] Render(AttemptContext context, TemplateScope scope)
    {
        if (_constant is not null) return _constant;
        if (_passesEventOn)
        {
            var payload = context.Event.Stored.Body;
            if (_format is { } format && MessageFormats.WhyNot(format, payload) is { } why) throw new MessageException(MessageFormats.CodeOf(format), $"The event goes on as it came, but it is {why}. Nothing was sent.");
            return payload;
        }
        using var buffer = new PooledBuffer();
        _template!.Render(scope, buffer);
        return buffer.Written.ToArray(); // the client may go on sending after its caller has given up, so it is nobody else's
    }
}
