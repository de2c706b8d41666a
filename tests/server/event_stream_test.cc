#include "service/server/event_stream.h"

#include <future>
#include <thread>

#include "tests/server/server_fixture.h"

namespace clearway {
namespace {

using ::clearway::testing::GrpcStatusIs;

class EventStreamTest : public testing::ServerFixture {
 protected:
  EventStreamTest() : stub_(channel_) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    stream_ = stub_.StreamTicketEvents(&context_);
  }

  void Write(const v1::TicketEvent& event) {
    v1::StreamTicketEventsRequest request;
    *request.mutable_event() = event;
    EXPECT_TRUE(stream_->Write(request));
  }

  v1::StreamTicketEventsResponse Read() {
    v1::StreamTicketEventsResponse response;
    EXPECT_TRUE(stream_->Read(&response));
    return response;
  }

  // An event of a ticket of its own.
  v1::TicketEvent Numbered(int i) {
    v1::TicketEvent event = Event(absl::StrCat("e", i), "waiting for [legal]");
    event.mutable_ticket()->set_key(absl::StrCat("PAY-", i));
    return event;
  }

  v1::TicketEventService::Stub stub_;
  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriter<v1::StreamTicketEventsRequest, v1::StreamTicketEventsResponse>>
      stream_;
};

TEST_F(EventStreamTest, EachEventIsAnswered) {
  Write(Event("e1", "waiting for [legal]"));
  const v1::StreamTicketEventsResponse response = Read();
  EXPECT_EQ(response.event_id(), "e1");
  EXPECT_EQ(response.ingested().result(), v1::INGEST_RESULT_APPLIED);
  EXPECT_EQ(response.ingested().blocker().name(), "tenants/acme/blockers/1");
}

TEST_F(EventStreamTest, AnswersComeInTheOrderOfEvents) {
  constexpr int kEvents = 1000;  // more than are under way at a time
  std::thread writer([this] {
    for (int i = 0; i < kEvents; ++i) Write(i % 7 == 3 ? v1::TicketEvent() : Numbered(i));
    stream_->WritesDone();
  });
  for (int i = 0; i < kEvents; ++i) {
    const v1::StreamTicketEventsResponse response = Read();
    ASSERT_EQ(response.event_id(), i % 7 == 3 ? "" : absl::StrCat("e", i));
    ASSERT_EQ(response.has_error(), i % 7 == 3);
  }
  writer.join();
  v1::StreamTicketEventsResponse more;
  EXPECT_FALSE(stream_->Read(&more));
  EXPECT_THAT(stream_->Finish(), GrpcStatusIs(grpc::StatusCode::OK));
}

TEST_F(EventStreamTest, BadEventIsAnsweredAndTheStreamGoesOn) {
  v1::TicketEvent bad = Event("e1", "fine");
  bad.mutable_ticket()->clear_key();
  Write(bad);
  v1::TicketEvent unknown = Event("e2", "fine");
  unknown.set_tenant("initech");
  Write(unknown);
  Write(Event("e3", "fine"));
  const v1::StreamTicketEventsResponse first = Read();
  EXPECT_EQ(first.error().code(), grpc::StatusCode::INVALID_ARGUMENT);
  ASSERT_EQ(first.error().field_violations_size(), 1);
  EXPECT_EQ(first.error().field_violations(0).field(), "event.ticket.key");
  EXPECT_EQ(Read().error().code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Read().ingested().result(), v1::INGEST_RESULT_APPLIED);
}

TEST_F(EventStreamTest, TextThatIsNotUtf8IsAnsweredAndTheStreamGoesOn) {
  v1::TicketEvent bad = Event("e1", "fine");
  bad.mutable_ticket()->set_title(std::string("\xff\xfe", 2));
  Write(bad);
  Write(Event("e2", "fine"));
  const v1::StreamTicketEventsResponse first = Read();
  EXPECT_EQ(first.event_id(), "e1");
  EXPECT_EQ(first.error().code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Read().ingested().result(), v1::INGEST_RESULT_APPLIED);
}

TEST_F(EventStreamTest, HalfCloseWithoutEventsEndsWell) {
  stream_->WritesDone();
  EXPECT_THAT(stream_->Finish(), GrpcStatusIs(grpc::StatusCode::OK));
}

TEST_F(EventStreamTest, ClientThatGoesAwayHoldsNothingUp) {
  for (int i = 0; i < 100; ++i) Write(Numbered(i));
  context_.TryCancel();
  EXPECT_THAT(stream_->Finish(), GrpcStatusIs(grpc::StatusCode::CANCELLED));
  // Were a call of it left, this would wait for ever.
  server_->Drain(absl::Seconds(30));
}

// What is read just as the caller goes has nobody to be answered; the answer must not be tried.
TEST_F(EventStreamTest, ClientsMayGoAwayAtAnyMoment) {
  for (int round = 0; round < 1000; ++round) {
    grpc::ClientContext context;
    const auto stream = stub_.StreamTicketEvents(&context);
    v1::StreamTicketEventsRequest request;
    *request.mutable_event() = Numbered(2 * round);
    EXPECT_TRUE(stream->Write(request));
    v1::StreamTicketEventsResponse response;
    EXPECT_TRUE(stream->Read(&response));
    // All is answered: the call ends as soon as it is cancelled, whatever has just been read.
    *request.mutable_event() = Numbered(2 * round + 1);
    EXPECT_TRUE(stream->Write(request));
    context.TryCancel();
    EXPECT_THAT(stream->Finish(), GrpcStatusIs(grpc::StatusCode::CANCELLED));
  }
  server_->Drain(absl::Seconds(30));
}

TEST_F(EventStreamTest, DrainAnswersWhatWasReadAndEndsTheStream) {
  Write(Event("e1", "waiting for [legal]"));
  EXPECT_TRUE(Read().has_ingested());
  auto drained = std::async(std::launch::async, [this] { server_->Drain(absl::Seconds(30)); });
  v1::StreamTicketEventsResponse more;
  EXPECT_FALSE(stream_->Read(&more));
  EXPECT_THAT(stream_->Finish(), GrpcStatusIs(grpc::StatusCode::UNAVAILABLE));
  drained.get();
}

}  // namespace
}  // namespace clearway
