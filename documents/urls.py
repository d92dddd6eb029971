from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("", views.index, name="index"),
    path("upload/", views.upload, name="upload"),
    path("<int:pk>/", views.review, name="review"),
    path("<int:pk>/original/", views.original, name="original"),
    path("<int:pk>/pages/<int:number>.webp", views.page_picture, name="page_picture"),
    path("<int:pk>/accept/", views.accept, name="accept"),
    path("<int:pk>/enter/", views.enter, name="enter"),
    path("<int:pk>/read-again/", views.read_again, name="read_again"),
    path("<int:pk>/fields/<int:field>/correct/", views.correct, name="correct"),
    path("<int:pk>/fields/<int:field>/not-on-document/", views.not_on_document, name="not_on_document"),
]
